"""What is left of attributes that hold a URL or a part of one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tracing_facade.policy.secrets_corpus import CANARY
from tracing_facade.policy.attributes import AttributeRules
from tracing_facade.policy.settings import Policy
from tracing_facade.policy.shared import SharedRules


def _judged(key: str, value: Any, **settings: Any) -> Any:
    shared = SharedRules(Policy(**settings), lambda name, reason: None, lambda level, text: None, ("page",))
    return AttributeRules("s", None, "allow", shared).judge(key, value)


@pytest.mark.parametrize(
    ("key", "value", "left"),
    [
        ("url.full", f"https://h/cb?state={CANARY}#{CANARY}", "https://h/cb?state=REDACTED"),
        ("url.full", f"/cb#{CANARY}", "/cb"),
        ("http.url", f"//jane:{CANARY}@h/cb", "//REDACTED:REDACTED@h/cb"),
        ("http.target", f"/cb#state={CANARY}", "/cb"),
        ("http.target", f"/cb?{CANARY}", "/cb?REDACTED"),
        ("http.target", f"/cb?page=2&step={CANARY}", "/cb?page=2&step=REDACTED"),
        ("http.response.header.location", [f"/done#state={CANARY}", "/more"], ("/done", "/more")),
        ("http.request.header.referer", (f"https://h/#{CANARY}",), ("https://h/",)),
        ("url.query", f"page=2&state={CANARY}", "page=2&state=REDACTED"),
        ("url.query", CANARY, "REDACTED"),
        ("url.query", f"state={CANARY}".encode(), "state=REDACTED"),
        ("url.fragment", CANARY, "REDACTED"),
        ("url.fragment", f"page={CANARY}", "page=REDACTED"),
        ("url.fragment", type("Fragment", (str,), {})(CANARY), "REDACTED"),
        ("url.fragment", type("Fragment", (), {"__str__": lambda self: CANARY})(), "REDACTED"),
        ("url.fragment", "550e8400-e29b-41d4-a716-446655440000", "REDACTED"),
    ],
)
def test_what_may_be_secret_goes(key: str, value: Any, left: Any) -> None:
    """Whatever it is called there, and of whatever type the value is."""
    assert _judged(key, value) == left


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url.full", "https://h/orders?state=REDACTED"),
        ("url.full", "https://h/orders"),
        ("http.target", "/orders/5"),
        ("url.query", "page=2&state=REDACTED"),
        ("url.path", "/notes/c#/5"),
        ("url.fragment", 5),
        ("url.query", ""),
        ("note", f"state={CANARY}"),
    ],
)
def test_what_is_not_stays(key: str, value: Any) -> None:
    """As the same object, so that it is judged once; so does what was redacted when it was recorded."""
    assert _judged(key, value) is value


def test_all_stays_where_nothing_is_looked_for() -> None:
    """As the policy says."""
    assert _judged("url.fragment", CANARY, detect_secrets=False) == CANARY


def test_what_contains_itself_is_refused() -> None:
    """Without end or exception."""
    endless: list[Any] = []
    endless.append(endless)
    assert repr(_judged("url.query", endless)) == "REFUSED"
