"""Values of every shape: searched, bounded, and never for long."""

from __future__ import annotations

from collections import UserDict
from typing import Any

import pytest

from tracing_facade.policy.secrets import SecretFinder
from tracing_facade.policy.values import ValueCleaner

cleaner = ValueCleaner(SecretFinder().redact, 100, 10)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        pytest.param(["mysql", "--password", "x1"], ("mysql", "--password", "REDACTED"), id="words of a command"),
        pytest.param(
            [("authorization", "x1"), ("host", "a")], (("authorization", "REDACTED"), ("host", "a")), id="pair"
        ),
        pytest.param(
            {"name": "DB_PASSWORD", "value": "x1"}, {"name": "DB_PASSWORD", "value": "REDACTED"}, id="variable"
        ),
        pytest.param({"db": {"password": "x1"}}, {"db": {"password": "REDACTED"}}, id="mapping"),
        pytest.param(4111111111111111.0, "REDACTED", id="card as a float"),
        pytest.param(type("Number", (int,), {})(4111111111111111), "REDACTED", id="card as another integer"),
        pytest.param("password=x".encode("utf-16-le"), "password=REDACTED", id="UTF-16"),
    ],
)
def test_secrets_in_every_shape(value: Any, cleaned: Any) -> None:
    """Also those that only their neighbours give away."""
    assert cleaner.value(value) == cleaned


@pytest.mark.parametrize(
    "value",
    [("ls", "-la"), ("token", "bucket", "x"), {"name": "LOG_LEVEL", "value": "debug"}, 1.5, 10**15, b"\xff\xfe", True,
     None, ("a", 1, None), {"a": {"b": ("c",)}}],
)  # fmt: skip
def test_innocent_values_stay(value: Any) -> None:
    """Whatever shape they have."""
    assert cleaner.value(value) == value


def test_long_collections_are_cut_without_looking_at_the_rest() -> None:
    """Even those that have no end, or nearly none."""
    assert cleaner.value(range(10**15)) == tuple(range(10))
    assert len(cleaner.value(UserDict({str(number): number for number in range(50)}))) == 10


def test_few_objects_cannot_become_many_values() -> None:
    """A list of ten times the same list of ten times the same list, and so on."""
    value: Any = "x"
    for _ in range(30):
        value = [value] * 10
    assert str(cleaner.value(value)).count("nested too deep") <= 80


def test_what_is_too_deep_is_not_looked_at() -> None:
    """Nor is its text, which may hold secrets and be long."""
    value: Any = [{"password": "x1"}]
    for _ in range(10):
        value = [value]
    assert "x1" not in str(cleaner.value(value))


def test_without_detection_only_sizes_count() -> None:
    """Whoever turns it off has decided."""
    plain = ValueCleaner(None, 100, 10)
    assert plain.value({"password": ["x1", 4111111111111111]}) == {"password": ("x1", 4111111111111111)}
