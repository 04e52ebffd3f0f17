"""Declarations go out as a registry of Weaver and as Python, and come back the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings

from lint_plugin.declarations import read_declarations
from lint_plugin.spans.golden import as_mapping
from lint_plugin.spans.python_source import as_python
from lint_plugin.spans.weaver.exporting import NotExportable, as_files, as_groups
from lint_plugin.spans.weaver.importing import as_specs
from lint_plugin.spans.weaver.registry import load
from tests.lint_plugin.spans.strategies import DECLARATIONS
from tests.support.repository import ROOT
from tracing_facade import AttributeSpec, EventSpec, SpanSpec, Stability

URL = "https://example.com/schemas/1.2.0"


def _plain(specs: list[SpanSpec]) -> list[dict[str, Any]]:
    return [as_mapping(spec) for spec in specs]


def _through_weaver(specs: list[SpanSpec]) -> list[SpanSpec]:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in as_files(specs, URL).items():
            Path(folder, name).write_text(text, encoding="utf-8")
        left_out: list[tuple[str, str]] = []
        found = as_specs(load(folder), [], lambda *told: left_out.append(told))
        assert left_out == []
        return found


@settings(deadline=None)
@given(DECLARATIONS)
def test_a_registry_brings_everything_back(specs: list[SpanSpec]) -> None:
    """Each field of each declaration, promised or not."""
    assume(specs)
    try:
        found = _through_weaver(specs)
    except NotExportable:
        assume(False)
    assert _plain(found) == _plain(specs)


@settings(deadline=None)
@given(DECLARATIONS)
def test_python_brings_everything_back(specs: list[SpanSpec]) -> None:
    """And every line of it is one that a reader accepts."""
    assume(specs)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "spans.py")
        path.write_text(as_python(specs, "Spans."), encoding="utf-8")
        read = read_declarations(str(path))
    assert read.refusals == ()
    assert _plain([span.spec for span in read.spans]) == _plain(specs)


def test_the_reference_server_goes_there_and_back() -> None:
    """A real file of declarations."""
    specs = [span.spec for span in read_declarations(str(ROOT / "reference_server" / "spans.py")).spans]
    assert _plain(_through_weaver(specs)) == _plain(specs)


def test_a_former_key_is_told_to_weaver_as_one() -> None:
    """Whoever reads the registry without us knows the rename too."""
    spec = SpanSpec(
        "order.place",
        attributes=(AttributeSpec("order.sum", int, aliases=("order.total",), deprecated_version="1.4"),),
    )
    attributes = as_groups([spec])[0]["attributes"]
    assert attributes[1]["id"] == "order.total"
    assert attributes[1]["deprecated"] == {"reason": "renamed", "renamed_to": "order.sum"}


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (
            SpanSpec("a", attributes=(AttributeSpec("k", int),)), SpanSpec("b", attributes=(AttributeSpec("k"),)),
            "the attribute 'k' is int in one place and str in another",
        ),
        (
            SpanSpec("a", events=(EventSpec("e"),)), SpanSpec("b", events=(EventSpec("e", brief="x"),)),
            "the event 'e' is declared in two ways",
        ),
    ],
    ids=["two types", "two events"],
)  # fmt: skip
def test_what_a_registry_cannot_hold_is_refused(one: SpanSpec, other: SpanSpec, message: str) -> None:
    """It defines a key and an event once."""
    with pytest.raises(NotExportable, match=message):
        as_groups([one, other])


@pytest.mark.parametrize("first", range(4))
def test_an_attribute_may_differ_between_spans_in_all_but_its_type(first: int) -> None:
    """What differs from the first one stands at the reference."""
    attributes = [
        AttributeSpec("k", brief="One.", requirement="required", stability=Stability.STABLE),
        AttributeSpec("k", brief="Other.", sensitivity="secret"),
        AttributeSpec("k", values=("x",), stability=Stability.INTERNAL, deprecated_version="1.4"),
        AttributeSpec("k", pattern="y"),
    ]
    attributes = attributes[first:] + attributes[:first]
    specs = [SpanSpec(f"s{number}", attributes=(each,)) for number, each in enumerate(attributes)]
    assert _plain(_through_weaver(specs)) == _plain(specs)
