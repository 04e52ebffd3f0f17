"""Text that is safe to print and as wide as wanted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracing_facade.viewer.plain_text import display_width, neutralise, pad, shorten


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        pytest.param("\x1b[2J", r"\x1b[2J", id="escape sequence"),
        pytest.param("\x9b31m", r"\x9b31m", id="eight-bit escape sequence"),
        pytest.param("a\nb\rc\td", r"a\nb\rc\td", id="line ends and tabs"),
        pytest.param("user\u202egpj.exe", r"user\u202egpj.exe", id="direction override"),
        pytest.param("a\u200bb", r"a\u200bb", id="zero width space"),
        pytest.param("a\u2028b", r"a\u2028b", id="line separator"),
        pytest.param("\ud800", r"\ud800", id="half a surrogate pair"),
        pytest.param("e" + "\u0301" * 50, "e\u0301\u0301", id="piled-up marks"),
    ],
)
def test_what_moves_or_hides_is_spelled_out(text: str, printed: str) -> None:
    """Everything that a terminal obeys is printed as its code."""
    assert neutralise(text) == printed


@pytest.mark.parametrize("text", ["", "plain", "größe", "保存", "🚀 launch", "Ελλάδα", "a b"])
def test_what_people_write_is_left_alone(text: str) -> None:
    """Letters, signs and spaces of any language stay as they are."""
    assert neutralise(text) == text


@given(st.text())
def test_nothing_unsafe_is_left(text: str) -> None:
    """Whatever comes in, no control or format character comes out."""
    assert not {unicodedata.category(character) for character in neutralise(text)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(), st.integers(0, 30))
def test_padded_text_is_exactly_as_wide(text: str, width: int) -> None:
    """Columns line up whatever the text is, wide characters included."""
    assert display_width(pad(neutralise(text), width)) == width


def test_wide_characters_take_two_columns() -> None:
    """A cut never leaves half of a wide character."""
    assert display_width("保存") == 4
    assert shorten("保存する", 6) == "保存…"
