"""The server as one WSGI application: the filters a request meets, from top to bottom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from reference_server.admission.webhooks import Admission
from reference_server.authentication import TokenAuthenticator
from reference_server.authorization import RuleAuthorizer
from reference_server.discovery import Pages
from reference_server.errors import StatusError
from reference_server.filters.audit import Audit, AuditLog
from reference_server.filters.authentication import Authentication
from reference_server.filters.authorization import Authorization
from reference_server.filters.inflight_limit import InflightLimit
from reference_server.filters.panic_recovery import PanicRecovery
from reference_server.filters.reject_unauthenticated import RejectUnauthenticated
from reference_server.filters.request_info import RequestInfoFilter
from reference_server.filters.request_received import RequestReceived
from reference_server.handlers import Handlers
from reference_server.request_info import request_info
from reference_server.responses import status_response
from reference_server.storage.interface import Storage
from reference_server.storage.traced import TracedStorage
from reference_server.users import ENVIRON_KEY
from tracing_facade.servers.wsgi import TracingMiddleware
from tracing_facade.trust import TrustRule

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Filter = Callable[["WSGIApplication"], "WSGIApplication"]


@dataclass(frozen=True)
class Parts:
    """What the application is made of.

    Args:
        storage: where objects are.
        authenticator: knows the users.
        authorizer: knows the rules.
        admission: asks the webhooks.
        audit_log: takes the audit lines.
        max_requests_inflight: requests at the same time; 0 for any number.
        trust: whose trace context counts; None for what the tracing configuration says.
    """

    storage: Storage
    authenticator: TokenAuthenticator
    authorizer: RuleAuthorizer
    admission: Admission
    audit_log: AuditLog
    max_requests_inflight: int = 0
    trust: TrustRule | None = None


def build_application(parts: Parts) -> WSGIApplication:
    """Return the server as a WSGI application."""
    filters: list[Filter] = [
        RequestReceived,
        PanicRecovery,
        RequestInfoFilter,
        partial(Authentication, authenticator=parts.authenticator),
        partial(TracingMiddleware, trust=parts.trust),
        partial(Audit, log=parts.audit_log),
        RejectUnauthenticated,
        partial(InflightLimit, limit=parts.max_requests_inflight),
        partial(Authorization, authorizer=parts.authorizer),
    ]
    application: WSGIApplication = _Endpoint(parts)
    for wrap in reversed(filters):
        application = wrap(application)
    return application


class _Endpoint:
    """What is behind the filters: objects and pages."""

    def __init__(self, parts: Parts) -> None:
        self._handlers = Handlers(TracedStorage(parts.storage), parts.admission)
        self._pages = Pages(parts.storage.ready)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            response = self._answer(environ)
        except StatusError as error:
            response = status_response(error, environ)
        return response(environ, start_response)

    def _answer(self, environ: WSGIEnvironment) -> Response:
        request, info = Request(environ), request_info(environ)
        if info.resource is None:
            return self._pages.handle(request, info)
        return self._handlers.handle(request, info, info.resource, environ[ENVIRON_KEY])
