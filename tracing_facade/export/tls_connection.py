"""Transport security towards the collector; loaded only where it is configured, since ``ssl`` takes long to load."""

from __future__ import annotations

import socket
import ssl
from ssl import SSLError

from tracing_facade.config.types import TlsConfiguration

__all__ = ["SSLError", "secured"]


def secured(tls: TlsConfiguration, name: str, plain: socket.socket) -> ssl.SSLSocket:
    """Return a connection that is secure; files are read each time, so certificates can be rotated.

    Args:
        tls: what is trusted, and with what this process identifies itself.
        name: that the certificate of the peer must have.
        plain: the connection as it is.

    Raises:
        OSError: a file cannot be read.
        SSLError: a file does not hold what it should, or the peer is not trusted or does not trust this process.
    """
    context = ssl.create_default_context(cafile=tls.ca_file)
    if tls.certificate_file and tls.key_file:
        context.load_cert_chain(tls.certificate_file, tls.key_file)
    return context.wrap_socket(plain, server_hostname=name)
