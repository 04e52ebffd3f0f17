"""Find out what a request is about, once, for all filters below."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wsgi import get_path_info

from reference_server.request_info import ENVIRON_KEY, parse_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTE_KEY = "tracing_facade.route"


class RequestInfoFilter:
    """Puts a ``RequestInfo`` into the environ, and the route where the tracing filter looks for it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        info = parse_request(environ["REQUEST_METHOD"], get_path_info(environ), str(uuid.uuid4()))
        environ[ENVIRON_KEY] = info
        if info.route is not None:
            environ[ROUTE_KEY] = info.route
        return self._app(environ, start_response)
