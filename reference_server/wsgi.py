"""The server for any WSGI server, for example gunicorn::

    gunicorn --workers 2 'reference_server.wsgi:create("--storage-path objects.sqlite --token-auth-file tokens.csv")'

Address, port and certificates are then the WSGI server's business; all other flags of ``reference-server serve`` count.
With ``--preload`` the application is made once and forked, which is fine too: each worker exports its own spans.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import tracing_facade as tracing
from reference_server.app import build_application
from reference_server.assembly import assemble
from reference_server.command import server_config

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create(flags: str = "") -> WSGIApplication:
    """Return the application, with tracing configured as its flags say.

    Args:
        flags: those of ``reference-server serve``, quoted as for a shell.

    Raises:
        SystemExit: a flag is wrong.
        StartupError: a file cannot be used.
    """
    parts, tracing_setup = assemble(server_config(shlex.split(flags)))
    if tracing_setup.configuration is not None:
        tracing.configure(tracing_setup.configuration)
    return build_application(parts)
