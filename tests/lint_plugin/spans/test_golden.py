"""The golden file: promises as text, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from lint_plugin.spans.golden import GoldenFileError, as_mapping, dump, load
from lint_plugin.spans.promises import promised
from tests.lint_plugin.spans.strategies import DECLARATIONS
from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability

STABLE = Stability.STABLE
TOTAL = AttributeSpec(
    "order.total", float, brief="Sum.", requirement="required", stability=STABLE,
    aliases=("Total",), deprecated_version="0.1",
)  # fmt: skip
STATE = AttributeSpec("order.state", values=("no", "paid"), stability=Stability.BETA)
SPAN = SpanSpec(
    "order.place", kind=SpanKind.CLIENT, attributes=(TOTAL, STATE, AttributeSpec("order.note")), slow_after=1,
    events=(EventSpec("order.paid", attributes=(STATE,), stability=STABLE), EventSpec("order.seen")),
    stability=STABLE, brief="Order.",
)  # fmt: skip


def test_it_holds_what_is_promised_and_nothing_else() -> None:
    """BETA and STABLE only, sorted, without briefs, thresholds and defaults."""
    other = SpanSpec("a.first", stability=Stability.BETA, attributes=(TOTAL,))
    assert dump([SPAN, SpanSpec("z"), other], ["shop/my spans.py"]) == (
        """\
# What readers of traces may rely on. Not written by hand, but by:
#   tracing-lint spans golden 'shop/my spans.py' --output THIS_FILE
format: tracing-facade/spans/v1
spans:
- name: a.first
  kind: INTERNAL
  attributes:
  - key: order.total
    type: float
    requirement: required
    stability: BETA
    deprecated_version: '0.1'
    aliases:
    - Total
  stability: BETA
- name: order.place
  kind: CLIENT
  attributes:
  - key: order.state
    type: str
    values:
    - 'no'
    - paid
    stability: BETA
  - key: order.total
    type: float
    requirement: required
    stability: STABLE
    deprecated_version: '0.1'
    aliases:
    - Total
  events:
  - name: order.paid
    attributes:
    - key: order.state
      type: str
      values:
      - 'no'
      - paid
      stability: BETA
    stability: STABLE
  stability: STABLE
"""
    )


@settings(deadline=None)
@given(DECLARATIONS)
def test_what_is_written_is_read_again(specs: list[SpanSpec]) -> None:
    """All of the promise, whatever its values."""
    read = load(dump(specs, ["spans.py"]), "golden.yaml")
    assert [as_mapping(spec) for spec in read] == [as_mapping(spec) for spec in promised(specs)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "golden.yaml: is not YAML: "),
        ("a: 2021-99-99", "golden.yaml: is "),
        ("", "golden.yaml: is no golden file, which begins with `format: tracing-facade/spans/v1`"),
        ("format: tracing-facade/spans/v2\nspans: []", "is no golden file"),
        ("format: tracing-facade/spans/v1", "golden.yaml: spans is no list"),
        ("format: tracing-facade/spans/v1\nspans: [1]", r"golden.yaml: spans\[0\] is 1; a mapping with some of name, "),
        ("format: tracing-facade/spans/v1\nspans: [{nam: a}]", r"spans\[0\] is {'nam': 'a'}; a mapping"),
        ("format: tracing-facade/spans/v1\nspans: [{kind: INTERNAL}]", r"spans\[0\]: .*missing 1 required positional"),
        (
            "format: tracing-facade/spans/v1\nspans: [{name: a, kind: X}]",
            r"spans\[0\]: SpanSpec 'a': kind 'X' is not a",
        ),
        (
            "format: tracing-facade/spans/v1\nspans: [{name: a, attributes: [{key: b, type: text}]}]",
            r"golden.yaml: spans\[0\].attributes\[0\]: AttributeSpec 'b': type 'text' is not allowed",
        ),
    ],
)
def test_what_is_no_golden_file_is_refused(text: str, message: str) -> None:
    """With the place in it."""
    with pytest.raises(GoldenFileError, match=message):
        load(text, "golden.yaml")
