"""Find out who is asking. Whether that is good enough is for a filter below to say, so that it is traced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracing_facade.servers.wsgi import earlier_span

from reference_server import spans
from reference_server.authentication import InvalidCredentials, TokenAuthenticator
from reference_server.users import ENVIRON_KEY

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
        environ[ENVIRON_KEY] = None
        try:
            with earlier_span(environ, spans.AUTHENTICATION):
                user = self._authenticator.authenticate(environ.get("HTTP_AUTHORIZATION"))
        except InvalidCredentials:
            return self._app(environ, start_response)
        environ[ENVIRON_KEY] = user
        environ[USER_KEY] = user.name
        environ[GROUPS_KEY] = user.groups
        return self._app(environ, start_response)
