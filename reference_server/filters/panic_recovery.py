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
        try:
            return self._app(environ, start_response)
        except Exception:
            logger.exception("%s %r failed", environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
            error = InternalError("an error on the server has prevented the request from succeeding")
            failure = sys.exc_info()

            def start_again(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
                # The application may have started a response already; with exc_info that may be replaced.
                return start_response(status, headers, failure)

            return status_response(error, environ)(environ, start_again)
