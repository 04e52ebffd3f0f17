"""Attributes of OpenTelemetry's semantic conventions, by name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tracing_facade import AttributeSpec, Stability
from tracing_facade.errors import DeclarationError
from tracing_facade.registry.kinds import TYPE_NAMES
from tracing_facade.semantic_conventions import table


@pytest.mark.parametrize(
    ("key", "kind", "stability"),
    [
        ("http.route", str, Stability.STABLE),
        ("http.response.status_code", int, Stability.STABLE),
        ("http.request.body.size", int, Stability.ALPHA),
        ("http.request.header.content-type", list[str], Stability.STABLE),
        ("db.query.text", str, Stability.STABLE),
        ("rpc.method", str, Stability.ALPHA),
        ("feature_flag.key", str, Stability.ALPHA),
        ("process.command_args", list[str], Stability.ALPHA),
        ("app.jank.period", float, Stability.ALPHA),
    ],
)
def test_type_and_stability_are_those_that_are_published(key: str, kind: object, stability: Stability) -> None:
    """Nobody has to look them up."""
    spec = AttributeSpec.convention(key)
    assert (spec.key, spec.type, spec.stability) == (key, kind, stability)


def test_values_are_those_that_are_published() -> None:
    """Stable ones and others."""
    values = AttributeSpec.convention("http.request.method").values
    assert {"GET", "PUT", "QUERY", "_OTHER"} <= set(values)


def test_values_of_ones_own_need_an_open_list() -> None:
    """The lists of the conventions are not complete by design."""
    assert AttributeSpec.convention("db.system.name", open_values=True).values == ()
    assert AttributeSpec.convention("error.type").values == ()


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("http.request.metod", "is not in the semantic conventions .*; did you mean 'http.request.method'"),
        ("http.method", "'http.method' is deprecated in the semantic conventions .*; use 'http.request.method'"),
        ("net.peer.name", "is deprecated .*; use 'server.address' or 'client.address'"),
        ("message.type", "is deprecated .*; nothing replaces it one to one"),
        ("http.request.header", "stands for many keys .*; name one of them, such as 'http.request.header.name'"),
        ("zzz", "is not in the semantic conventions .*; see the registry"),
        (None, "None is not a name of the semantic conventions; give a string"),
    ],
    ids=repr,
)  # fmt: skip
def test_other_names_are_refused(key: str, message: str) -> None:
    """With the nearest ones, or with what replaces them."""
    with pytest.raises(DeclarationError, match=message):
        AttributeSpec.convention(key)


def test_nobody_can_promise_more_than_the_conventions() -> None:
    """Less can be promised."""
    with pytest.raises(DeclarationError, match="cannot promise BETA, since the semantic conventions"):
        AttributeSpec.convention("http.request.body.size", stability=Stability.BETA)
    assert AttributeSpec.convention("http.route", stability=Stability.BETA).stability is Stability.BETA


def test_the_rest_is_declared_as_for_any_attribute() -> None:
    """And checked as for any."""
    spec = AttributeSpec.convention(
        "client.address", sensitivity="personal", requirement="required", brief="Who.",
        aliases=("net.peer.ip",), deprecated_version="1.4",
    )  # fmt: skip
    assert (spec.sensitivity, spec.requirement, spec.brief, spec.aliases) == (
        "personal", "required", "Who.", ("net.peer.ip",),
    )  # fmt: skip
    with pytest.raises(DeclarationError, match="sensitivity='private' is not allowed"):
        AttributeSpec.convention("client.address", sensitivity="private")


def test_every_published_attribute_can_be_declared_or_says_why_not() -> None:
    """No row of the table is broken, and each replacement is a name."""
    for name in table.names():
        key = f"{name}.any-thing" if table.published(name) is None else name
        found = table.published(key)
        assert found is not None
        assert found.type in TYPE_NAMES
        if not found.deprecated:
            assert AttributeSpec.convention(key).key == key
            continue
        with pytest.raises(DeclarationError, match="is deprecated in the semantic conventions"):
            AttributeSpec.convention(key)


def test_the_table_tells_its_release() -> None:
    """Messages name it."""
    assert table.release().count(".") == 2


def test_the_table_is_read_when_it_is_asked_for() -> None:
    """A program without conventions does not pay for them."""
    program = (
        "import tracing_facade as t; from tracing_facade.semantic_conventions import table;"
        "t.SpanSpec('order.place', attributes=(t.AttributeSpec('order.items', int),));"
        "print(table._table.cache_info().currsize)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "0\n"
