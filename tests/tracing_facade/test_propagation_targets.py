"""How far trace context travels: which hosts the patterns of `propagate_to` allow."""

from __future__ import annotations

import pytest

from tracing_facade.propagation_targets import PropagationTargets


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("api.example", "api.example", 80),
        ("api.example", "api.example", None),
        ("api.example", "API.Example", 443),
        ("API.Example", "api.example", 443),
        ("api.example", "api.example.", 443),
        ("api.example.", "api.example", 443),
        (" api.example ", "api.example", 443),
        ("api.example:443", "api.example", 443),
        ("*.example", "api.example", 80),
        ("*.example", "a.b.c.example", 80),
        ("*.example:8080", "api.example", 8080),
        ("*", "anything", 80),
        ("*", "", None),
        ("*:8080", "anything", 8080),
        ("127.0.0.1", "127.0.0.1", 80),
        ("127.0.0.1:80", "127.0.0.1", 80),
        ("[::1]", "::1", 80),
        ("[::1]", "[::1]", 80),
        ("::1", "::1", 80),
        ("[::1]:80", "::1", 80),
        ("2001:db8::5:80", "2001:db8::5:80", 443),
    ],
)
def test_a_host_that_is_meant_is_allowed(pattern: str, host: str, port: int | None) -> None:
    """By name in any case, any subdomain, any port or one, IPv6 with or without brackets."""
    assert PropagationTargets([pattern]).allow(host, port)
    assert PropagationTargets(["other.example", pattern]).allow(host, port)


@pytest.mark.parametrize(
    ("pattern", "host", "port"),
    [
        ("api.example", "example", 80),
        ("api.example", "evil.api.example", 80),
        ("api.example", "api.example.evil", 80),
        ("api.example", "xapi.example", 80),
        ("api.example", "", None),
        ("api.example:443", "api.example", 80),
        ("api.example:443", "api.example", None),
        ("*.example", "example", 80),
        ("*.example", "evilexample", 80),
        ("*.example", "api.example.evil", 80),
        ("*:8080", "anything", 80),
        ("a*.example", "ab.example", 80),
        ("10.0.0.0/8", "10.0.0.1", 80),
        ("127.0.0.1", "127.0.0.1.evil", 80),
        ("[::1]:80", "::1", 443),
        ("[::1]", "::2", 80),
        ("api.example:\u00b2", "api.example", 2),
    ],
)
def test_every_other_host_is_not(pattern: str, host: str, port: int | None) -> None:
    """A pattern stands for what it says and nothing that only looks like it."""
    assert not PropagationTargets([pattern]).allow(host, port)


def test_without_patterns_no_host_is_allowed() -> None:
    """Nothing is shown to anybody."""
    assert not PropagationTargets([]).allow("localhost", 80)
