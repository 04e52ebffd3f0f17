"""Answer 401 to those nobody knows, except where health and version are public."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reference_server.errors import Unauthorized
from reference_server.request_info import HEALTH_PATHS, request_info
from reference_server.responses import status_response
from reference_server.users import ANONYMOUS, ENVIRON_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PUBLIC = frozenset((*HEALTH_PATHS, "/version"))


class RejectUnauthenticated:
    """Lets through who is known, and anonymous callers to the public pages. Wrong credentials are wrong everywhere."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        user = environ[ENVIRON_KEY]
        if user is None or (user is ANONYMOUS and request_info(environ).endpoint not in _PUBLIC):
            return status_response(Unauthorized(), environ)(environ, start_response)
        return self._app(environ, start_response)
