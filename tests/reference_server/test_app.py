"""The filter chain as a whole: who gets how far, and what every answer has."""

from __future__ import annotations

from pathlib import Path

import pytest

from reference_server.app import build_application
from tests.support.api_server import ADMIN, DEVELOPER, NOBODY, InProcessServer


@pytest.mark.parametrize(
    ("token", "path", "code"),
    [
        (ADMIN, "/api/v1/nodes", 200),
        (DEVELOPER, "/api/v1/nodes", 200),
        (DEVELOPER, "/api/v1/namespaces", 403),
        (DEVELOPER, "/api/v1", 200),
        (DEVELOPER, "/metrics", 403),
        (ADMIN, "/metrics", 200),
        (NOBODY, "/api/v1/nodes", 401),
        (NOBODY, "/api", 401),
        (NOBODY, "/nonsense", 401),
        (NOBODY, "/healthz", 200),
        ("wrong", "/api/v1/nodes", 401),
        ("wrong", "/healthz", 401),
    ],
)
def test_who_gets_how_far(server: InProcessServer, token: str, path: str, code: int) -> None:
    """Unknown callers learn nothing, not even which paths exist; wrong credentials are wrong everywhere."""
    answer = server.call("GET", path, token=token)
    assert answer.code == code
    assert ("WWW-Authenticate" in answer.headers) is (code == 401)


def test_every_answer_can_be_found_in_the_audit_log(server: InProcessServer) -> None:
    """The header has the id of the line."""
    answers = [
        server.call("GET", path, token=token) for path, token in (("/api", ADMIN), ("/api", NOBODY), ("/x", ADMIN))
    ]
    assert [event["auditID"] for event in server.audit_events()] == [answer.headers["Audit-Id"] for answer in answers]


def test_the_route_of_the_first_filter_reaches_the_last(tmp_path: Path) -> None:
    """The application is built from its parts as often as one likes, around one store."""
    server = InProcessServer(tmp_path)
    second = build_application(server.parts)
    assert second is not server.application
    server.close()
