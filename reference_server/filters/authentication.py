"""Find out who is asking. Whether that is good enough is for a filter below to say, so that it is traced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reference_server import spans
from reference_server.authentication import InvalidCredentials, TokenAuthenticator
from reference_server.users import ANONYMOUS, ENVIRON_KEY, User
from tracing_facade.servers.wsgi import earlier_span

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

USER_KEY = "tracing_facade.user"
GROUPS_KEY = "tracing_facade.groups"


class Authentication:
    """Puts the user into the environ, or None when the credentials belong to nobody.

    Args:
        app: what comes next.
        authenticator: knows the users.
    """

    def __init__(self, app: WSGIApplication, authenticator: TokenAuthenticator) -> None:
        self._app = app
        self._authenticator = authenticator

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass one request on, or answer it."""
        user = self._identify(environ)
        environ[ENVIRON_KEY] = user
        if user is not None:
            environ[USER_KEY] = user.name
            environ[GROUPS_KEY] = user.groups
        return self._app(environ, start_response)

    def _identify(self, environ: WSGIEnvironment) -> User | None:
        with earlier_span(environ, spans.AUTHENTICATION) as attributes:
            try:
                user = self._authenticator.authenticate(environ.get("HTTP_AUTHORIZATION"))
            except InvalidCredentials:
                # That nobody knows the caller is an answer, not a failure: the span has no error status.
                user = None
            attributes[spans.USER_KNOWN.key] = user is not None and user is not ANONYMOUS
            return user
