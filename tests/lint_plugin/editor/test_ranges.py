"""What an editor underlines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint_plugin.editor.ranges import Extent, extents, lines_of
from lint_plugin.finding import Finding


def _found(line: int, column: int) -> Finding:
    return Finding("a.py", line, column, "TRF101", "is sealed")


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        pytest.param("import a  # why", 1, 1, "import a", id="a statement without its comment"),
        pytest.param("x = f(1) + 2", 1, 5, "f(1) + 2", id="the longest expression"),
        pytest.param("from a import (\n    b,\n)", 1, 1, "from a import (", id="the first line of a long statement"),
        pytest.param("ä = '😀'; import a", 1, 10, "import a", id="columns are characters"),
        pytest.param("with f() as g:  \n    pass", 1, 1, "with f() as g:", id="the head of a block"),
        pytest.param("import (\nopentelemetry.trace", 2, 1, "opentelemetry.trace", id="a word where nothing parses"),
        pytest.param("a\nb", 9, 9, "b", id="a place behind the end"),
        pytest.param("", 1, 1, "", id="an empty text"),
    ],
)
def test_a_finding_covers_what_begins_at_its_place(text: str, line: int, column: int, part: str) -> None:
    """To the end of it, and not beyond the line."""
    (extent,) = extents([_found(line, column)], text)
    assert lines_of(text)[extent.line][extent.start : extent.end] == part


def test_lines_end_as_in_the_protocol() -> None:
    """Form feeds and separators of Unicode end no line; all three line ends do."""
    assert lines_of("a\x0cb\u2028c\r\nd\re\n") == ["a\x0cb\u2028c\r\n", "d\r", "e\n", ""]
    assert lines_of("a") == ["a"]


@given(st.text(st.sampled_from("a=(\n\r\t 😀'#:\x0c")), st.integers(1, 9), st.integers(1, 9))
def test_every_place_gives_a_range_in_the_text(text: str, line: int, column: int) -> None:
    """Whatever a rule says, the range is a part of one line."""
    (extent,) = extents([_found(line, column)], text)
    assert isinstance(extent, Extent)
    length = len(lines_of(text)[extent.line].rstrip("\r\n"))
    assert 0 <= extent.start <= extent.end <= length
