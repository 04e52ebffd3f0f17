"""Each filter alone, around an application that the test controls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from reference_server.authentication import TokenAuthenticator
from reference_server.authorization import RuleAuthorizer
from reference_server.filters.authentication import Authentication
from reference_server.filters.authorization import Authorization
from reference_server.filters.inflight_limit import InflightLimit
from reference_server.filters.panic_recovery import PanicRecovery
from reference_server.filters.reject_unauthenticated import RejectUnauthenticated
from reference_server.filters.request_info import RequestInfoFilter
from reference_server.filters.request_received import RequestReceived
from reference_server.users import ANONYMOUS, User

ADMIN = User("admin", groups=("system:masters", "system:authenticated"))
ALICE = User("alice", groups=("developers", "system:authenticated"))
USER = "reference_server.user"

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]


class Recorder:
    """An application that keeps the environ of every request."""

    def __init__(self) -> None:
        self.environs: list[Environ] = []

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer 200."""
        self.environs.append(environ)
        return Response("through")(environ, start_response)


def _environ(path: str = "/api/v1/nodes", user: User | None = None, authorization: str = "") -> Environ:
    headers = [("Authorization", authorization)] if authorization else []
    return {**EnvironBuilder(path, headers=headers).get_environ(), USER: user}


def _call(application: Application, environ: Environ) -> tuple[int, dict[str, Any], bytes]:
    body, status, headers = run_wsgi_app(application, environ, buffered=True)
    return int(status[:3]), dict(headers), b"".join(body)


def test_the_time_of_arrival_is_noted() -> None:
    """Before anything else is done, in nanoseconds since the epoch."""
    app, before = Recorder(), time.time_ns()
    _call(RequestReceived(app), _environ())
    assert before <= app.environs[0]["tracing_facade.started_ns"] <= time.time_ns()


@pytest.mark.parametrize(
    ("path", "route"),
    [("/api/v1/nodes/a%20b", "/api/v1/nodes/{name}"), ("/healthz", "/healthz"), ("/x/y", None), ("/\xff", None)],
)
def test_the_route_is_where_tracing_looks_for_it(path: str, route: str | None) -> None:
    """A template, never the path itself; nothing for paths that are not served."""
    app = Recorder()
    _call(RequestInfoFilter(app), _environ(path))
    assert app.environs[0].get("tracing_facade.route") == route


def test_audit_ids_differ() -> None:
    """Each request has one."""
    app = Recorder()
    for _ in range(3):
        _call(RequestInfoFilter(app), _environ())
    assert len({environ["reference_server.request_info"].audit_id for environ in app.environs}) == 3


@pytest.mark.parametrize(
    ("header", "user", "groups"),
    [
        ("Bearer secret", ALICE, ALICE.groups),
        ("", ANONYMOUS, ANONYMOUS.groups),
        ("Bearer wrong", None, None),
    ],
    ids=["known", "anonymous", "wrong"],
)
def test_authentication_tells_the_filters_below(header: str, user: User | None, groups: tuple[str, ...] | None) -> None:
    """It refuses nobody itself; for wrong credentials there is no user at all, not even for the trust rule."""
    app = Recorder()
    _call(Authentication(app, TokenAuthenticator({"secret": ALICE})), _environ(authorization=header))
    seen = app.environs[0]
    assert seen[USER] == user
    assert seen.get("tracing_facade.user") == (user.name if user else None)
    assert seen.get("tracing_facade.groups") == groups


@pytest.mark.parametrize(
    ("user", "path", "code"),
    [
        (None, "/api", 401),
        (None, "/healthz", 401),
        (ANONYMOUS, "/api", 401),
        (ANONYMOUS, "/healthz", 200),
        (ANONYMOUS, "/version", 200),
        (ANONYMOUS, "/healthz/x", 401),
        (ALICE, "/anything", 200),
    ],
)
def test_unknown_callers_are_rejected(user: User | None, path: str, code: int) -> None:
    """Except where everybody may look."""
    application = RequestInfoFilter(RejectUnauthenticated(Recorder()))
    assert _call(application, _environ(path, user))[0] == code


def test_authorization_asks_the_rules() -> None:
    """What is not allowed does not get through, and the answer says what was asked for."""
    app = Recorder()
    application = RequestInfoFilter(Authorization(app, RuleAuthorizer()))
    assert _call(application, _environ(user=ADMIN))[0] == 200
    code, _, body = _call(application, _environ(user=ALICE))
    assert code == 403
    assert b'cannot list resource \\"nodes\\"' in body
    assert len(app.environs) == 1


class Slow:
    """An application that does not end before the test says so."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.release = threading.Event()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Wait inside of the body, as a streamed answer would."""
        start_response("200 OK", [])
        self.entered.release()
        self.release.wait(20)
        yield b"done"


def test_more_requests_than_the_limit_are_refused() -> None:
    """Quickly, with the time to come back; a place is free again when the response has ended."""
    slow = Slow()
    application = RequestInfoFilter(InflightLimit(slow, limit=2))
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(_call, application, _environ(user=ALICE)) for _ in range(2)]
        assert all(slow.entered.acquire(timeout=10) for _ in range(2))
        code, headers, _ = _call(application, _environ(user=ALICE))
        assert (code, headers["Retry-After"]) == (429, "1")
        slow.release.set()
        assert [future.result()[0] for future in running] == [200, 200]
    assert _call(application, _environ(user=ALICE))[0] == 200


@pytest.mark.parametrize(
    ("path", "user"), [("/healthz", ANONYMOUS), ("/api/v1/nodes", ADMIN)], ids=["probes", "masters"]
)
def test_some_are_not_limited(path: str, user: User) -> None:
    """Those who must find out what is wrong, and mend it."""
    slow = Slow()
    application = RequestInfoFilter(InflightLimit(slow, limit=1))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_call, application, _environ(user=ALICE))
        assert slow.entered.acquire(timeout=10)
        slow.release.set()
        assert _call(application, _environ(path, user))[0] == 200
        assert running.result()[0] == 200


def test_no_limit_is_no_limit() -> None:
    """Zero switches the filter off."""
    application = RequestInfoFilter(InflightLimit(Recorder(), limit=0))
    assert all(_call(application, _environ(user=ALICE))[0] == 200 for _ in range(5))


def _fails_before(environ: Environ, start_response: Any) -> Iterable[bytes]:
    raise RuntimeError("the password is 123")


def _fails_after(environ: Environ, start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [])
    raise RuntimeError("the password is 123")


@pytest.mark.parametrize("application", [_fails_before, _fails_after])
def test_a_failure_is_an_answer(application: Application, caplog: pytest.LogCaptureFixture) -> None:
    """The client learns nothing of the inside, the log everything; a response that had begun is replaced."""
    started: list[tuple[str, bool]] = []

    def start_response(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append((status, exc_info is not None))

    body = b"".join(PanicRecovery(application)(_environ(), start_response))
    assert started[-1] == ("500 INTERNAL SERVER ERROR", len(started) == 2)
    assert b"password" not in body
    assert "the password is 123" in caplog.text
    assert "'/api/v1/nodes' failed" in caplog.text


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_place_is_free_after_a_failure(error: type[BaseException]) -> None:
    """Whatever the failure, the limit is not used up by it."""

    def fails(environ: Environ, start_response: Any) -> Iterable[bytes]:
        raise error

    application = RequestInfoFilter(InflightLimit(fails, limit=1))
    for _ in range(3):
        with pytest.raises(error):
            _call(application, _environ(user=ALICE))
