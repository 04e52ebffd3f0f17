"""Turn an exception that nobody expected into a 500, so that one request cannot take others with it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from reference_server.errors import InternalError
from reference_server.responses import status_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)


class PanicRecovery:
    """Answers for everything below it that fails; the client learns nothing about the inside, the log everything."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        started = False

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal started
            started = True
            return start_response(status, headers, exc_info)

        try:
            return self._app(environ, start)
        except Exception:
            logger.exception("%s %r failed", environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
            error = InternalError("an error on the server has prevented the request from succeeding")
            # A response that was started may still be replaced, but only with exc_info (PEP 3333).
            failure = sys.exc_info() if started else None

            def start_again(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
                return start_response(status, headers, failure)

            return status_response(error, environ)(environ, start_again)
