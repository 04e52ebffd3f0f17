"""Which declarations count as emitted."""

from __future__ import annotations

from pathlib import Path

import pytest

import tracing_facade as tracing
from tracing_facade.testing import capture_spans
from tracing_facade.testing.emitted import Emitted

DECLARATIONS = """
from tracing_facade import AttributeSpec, EventSpec, SpanSpec

NOTE = AttributeSpec("order.note", aliases=("order.text",), deprecated_version="1.0")
PAID = EventSpec("order.paid", attributes=(NOTE,), aliases=("paid",), deprecated_version="1.0")
PLACE = SpanSpec("order.place", attributes=(NOTE,), events=(PAID,), aliases=("place",), deprecated_version="1.0")
"""


@pytest.mark.parametrize(
    ("span", "key", "event"), [("order.place", "order.note", "order.paid"), ("place", "order.text", "paid")]
)
def test_former_names_count(span: str, key: str, event: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set by a former name is emitted with the present one."""
    (tmp_path / "emitted_spans.py").write_text(DECLARATIONS)
    monkeypatch.syspath_prepend(str(tmp_path))
    emitted = Emitted(["emitted_spans"])
    with capture_spans(check=False) as captured, tracing.start_span(span, {key: "x"}) as started:
        started.add_event(event, {key: "x"})
        started.add_event("another")
    emitted.take(captured)
    assert (emitted.declared, emitted.missing()) == (4, ())
