"""Note when a request came in, before anything else is done with it; the server's span starts at this time."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENVIRON_KEY = "tracing_facade.started_ns"


class RequestReceived:
    """Puts the time, in nanoseconds since the epoch, where the tracing filter looks for it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        environ[ENVIRON_KEY] = time.time_ns()
        return self._app(environ, start_response)
