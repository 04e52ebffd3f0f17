"""Refuse work beyond what the server can do at once, quickly, instead of doing everything slowly."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wsgi import ClosingIterator

from reference_server.errors import TooManyRequests
from reference_server.request_info import HEALTH_PATHS, request_info
from reference_server.responses import status_response
from reference_server.users import ENVIRON_KEY, MASTERS_GROUP

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class InflightLimit:
    """Counts the requests between their arrival here and the end of their response; answers 429 to those too many.

    Health probes and ``system:masters`` are not limited: those who must mend an overloaded server have to get in.

    Args:
        app: what comes next.
        limit: requests at the same time; 0 for any number.
    """

    def __init__(self, app: WSGIApplication, limit: int) -> None:
        self._app = app
        self._slots = threading.BoundedSemaphore(limit) if limit else None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        if self._slots is None or _is_exempt(environ):
            return self._app(environ, start_response)
        if not self._slots.acquire(blocking=False):
            error = TooManyRequests("the server has too many requests in flight; please try again later")
            return status_response(error, environ)(environ, start_response)
        try:
            return ClosingIterator(self._app(environ, start_response), [self._slots.release])
        except BaseException:
            self._slots.release()
            raise


def _is_exempt(environ: WSGIEnvironment) -> bool:
    return request_info(environ).endpoint in HEALTH_PATHS or MASTERS_GROUP in environ[ENVIRON_KEY].groups
