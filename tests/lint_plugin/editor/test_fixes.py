"""How a migrated text becomes edits, and which findings they do away with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lint_plugin.editor.fixes import Fix, changes, resolved
from lint_plugin.editor.ranges import lines_of
from lint_plugin.finding import Finding

TEXTS = st.lists(st.sampled_from(["a\n", "b\r\n", "c", "\n", "\x0cd\n"])).map("".join)


@given(TEXTS, TEXTS)
def test_changes_turn_one_text_into_the_other(before: str, after: str) -> None:
    """Each takes lines of the old text away and puts text in their place; what is the same is not touched."""
    lines = lines_of(before)
    for change in reversed(changes(before, after)):
        lines[change.start : change.end] = [change.text]
    assert "".join(lines) == after
    assert changes(before, before) == []


def test_a_long_text_is_replaced_between_what_is_the_same() -> None:
    """Comparing it line by line would take long."""
    before = "".join(f"{number}\n" for number in range(5_000))
    (change,) = changes(f"first\n{before}last\n", "first\nnew\nlast\n")
    assert (change.start, change.end, change.text) == (1, 5_001, "new\n")


def test_findings_that_are_gone_are_told_from_those_that_moved() -> None:
    """By code and message, since lines change."""
    first, second = (Finding("a.py", line, 1, "TRF101", "trace is sealed") for line in (1, 9))
    other = Finding("a.py", 3, 1, "TRF201", "starts a span")
    moved = second._replace(line=7)
    assert resolved([first, second, other], [moved]) == {first, other}


def test_why_a_line_is_left() -> None:
    """A problem of the whole file goes before the reason of one line."""
    assert Fix("", left=((3, "it is bound twice"),)).reason(3) == "it is bound twice"
    assert Fix("", left=((3, "it is bound twice"),)).reason(4) == ""
    assert Fix("", problem="it is not UTF-8").reason(4) == "it is not UTF-8"
