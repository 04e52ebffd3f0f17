"""Answer 403 to those who may not; the span covers the decision, not what is done after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import tracing_facade as tracing
from reference_server import spans
from reference_server.authorization import RuleAuthorizer, denial
from reference_server.errors import Forbidden
from reference_server.request_info import RequestInfo, request_info
from reference_server.responses import status_response
from reference_server.users import ENVIRON_KEY, User

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Authorization:
    """Lets through what the rules allow.

    Args:
        app: what comes next.
        authorizer: knows the rules.
    """

    def __init__(self, app: WSGIApplication, authorizer: RuleAuthorizer) -> None:
        self._app = app
        self._authorizer = authorizer

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        info, user = request_info(environ), environ[ENVIRON_KEY]
        with tracing.start_span(spans.AUTHORIZATION) as span:
            allowed = self._authorizer.allows(user, info)
            span.set_attribute(spans.DECISION.key, "allow" if allowed else "deny")
        if not allowed:
            return status_response(_forbidden(user, info), environ)(environ, start_response)
        return self._app(environ, start_response)


def _forbidden(user: User, info: RequestInfo) -> Forbidden:
    details = {"name": info.name, "kind": info.resource.plural} if info.resource else {}
    return Forbidden(denial(user, info), details=details)
