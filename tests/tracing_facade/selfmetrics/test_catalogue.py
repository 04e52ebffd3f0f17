"""Everything that is counted is in the catalogue."""

from __future__ import annotations

import re

import pytest

from tests.support.repository import ROOT, tracked_files
from tracing_facade.selfmetrics.catalogue import COUNTED, label_values

_COUNTING = re.compile(r"(?:COUNTERS\.add|COUNTERS\.ticker|\.count|_count|_publish)\(\s*\"(?P<name>\w+)\"")


def _sources() -> str:
    """Return the text of everything that may count."""
    paths = [path for path in tracked_files() if path.parts[0] == "tracing_facade" and path.suffix in (".py", ".pxi")]
    return "\n".join((ROOT / path).read_text("utf-8") for path in paths if path.name != "catalogue.py")


def test_every_name_that_is_counted_is_described() -> None:
    """A new counter has a meaning, and labels, on the page of the self-metrics."""
    counted = {found["name"] for found in _COUNTING.finditer(_sources())}
    assert counted - {known.name for known in COUNTED} == set()


def test_nothing_is_described_that_nobody_counts() -> None:
    """A counter that is gone is gone from the page."""
    sources = _sources()
    assert [known.name for known in COUNTED if f'"{known.name}"' not in sources] == []


@pytest.mark.parametrize("counted", COUNTED, ids=lambda counted: counted.name)
def test_a_description_is_a_phrase(counted: object) -> None:
    """It stands in a table, and with a capital and a full stop in Prometheus' help."""
    meaning = getattr(counted, "meaning", "")
    assert meaning
    assert not meaning.endswith(".")


@pytest.mark.parametrize(
    ("name", "reason", "values"),
    [
        ("spans_exported", "", ()),
        ("spans_started", "", ("facade",)),
        ("spans_started", "third_party", ("third_party",)),
        ("spans_dropped", "queue_full", ("queue_full",)),
        ("spans_refused", "undeclared", ("undeclared", "")),
        ("spans_refused", "budget: a: b", ("budget", "a: b")),
        ("attributes_refused", "a: b: type", ("a: b", "type")),
        ("attributes_refused", "(other)", ("", "(other)")),
        ("nobody_described_this", "x", ("x",)),
    ],
)
def test_a_reason_says_the_labels(name: str, reason: str, values: tuple[str, ...]) -> None:
    """Span names may have colons in them, reasons do not."""
    assert label_values((name, reason)) == values
