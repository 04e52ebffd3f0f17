"""Configurations that export to the collector of a test, and certificates for it."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Literal, NamedTuple

import trustme

import tracing_facade as tracing
from tests.support.collector import Collector, ServerTls
from tracing_facade.config import TlsConfiguration

Protocol = Literal["grpc", "http/protobuf"]
PROTOCOLS: tuple[Protocol, ...] = ("grpc", "http/protobuf")


def configuration_for(collector: Collector, protocol: Protocol, **settings: Any) -> tracing.TracingConfiguration:
    """Return a configuration that exports to ``collector`` soon after a span has ended."""
    endpoint = collector.grpc_endpoint if protocol == "grpc" else collector.http_endpoint
    fields = {"export_interval_seconds": 0.05, "service_name": "test", "endpoint": endpoint, **settings}
    return tracing.TracingConfiguration(protocol=protocol, **fields)


class Certificates(NamedTuple):
    """A server with TLS that asks for a client certificate, and clients that it accepts or not."""

    server: ServerTls
    client: TlsConfiguration
    without_certificate: TlsConfiguration
    other_authority: TlsConfiguration


def certificates(directory: Path) -> Certificates:
    """Make an authority, certificates for server and client, and an authority that nobody trusts."""
    authority, stranger = trustme.CA(), trustme.CA()
    server, client = authority.issue_cert("127.0.0.1", "collector.test"), authority.issue_cert("client.test")
    ca_file, other_ca = str(directory / "ca.pem"), str(directory / "other.pem")
    certificate, key = str(directory / "client.pem"), str(directory / "client.key")
    authority.cert_pem.write_to_path(ca_file)
    stranger.cert_pem.write_to_path(other_ca)
    for blob in client.cert_chain_pems:
        blob.write_to_path(certificate, append=True)
    client.private_key_pem.write_to_path(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    chain = b"".join(blob.bytes() for blob in server.cert_chain_pems)
    tls = ServerTls(chain, server.private_key_pem.bytes(), context, authority.cert_pem.bytes())
    return Certificates(
        tls,
        TlsConfiguration(ca_file=ca_file, certificate_file=certificate, key_file=key),
        TlsConfiguration(ca_file=ca_file),
        TlsConfiguration(ca_file=other_ca, certificate_file=certificate, key_file=key),
    )
