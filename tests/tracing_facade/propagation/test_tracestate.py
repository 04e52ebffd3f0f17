"""The tracestate header: W3C Trace Context level 2, with its limits, case by case and for any text at all."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracing_facade.propagation import parse_tracestate

KEY_CHARACTERS = string.ascii_lowercase + string.digits + "_-*/@"
VALUE_CHARACTERS = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ",=")
MEMBERS = [f"bar{number:02}={number}" for number in range(1, 34)]


@pytest.mark.parametrize(
    ("values", "combined"),
    [
        ([], ""),
        ([""], ""),
        (["", " ", ",\t,"], ""),
        (["foo=1"], "foo=1"),
        (["foo=1,bar=2"], "foo=1,bar=2"),
        (["foo=1,bar=2", "rojo=1,congo=2", "baz=3"], "foo=1,bar=2,rojo=1,congo=2,baz=3"),
        (["foo=1", "", "bar=2"], "foo=1,bar=2"),
        (["foo=1 \t , \t bar=2, \t baz=3"], "foo=1,bar=2,baz=3"),
        (["\t foo=1 \t"], "foo=1"),
        ([",foo=1,,bar=2,"], "foo=1,bar=2"),
        (["foo= 1"], "foo= 1"),
        (["1=1"], "1=1"),
        (["tenant@system=1"], "tenant@system=1"),
        (["foo@=1,bar=2"], "foo@=1,bar=2"),
        (["foo@@bar=1"], "foo@@bar=1"),
        (["foo@bar@baz=1"], "foo@bar@baz=1"),
        ([f"a{KEY_CHARACTERS}={VALUE_CHARACTERS}x"], f"a{KEY_CHARACTERS}={VALUE_CHARACTERS}x"),
    ],
)
def test_valid_headers_are_combined_in_order(values: list[str], combined: str) -> None:
    """Several headers are one list; empty members and white space around members do not count."""
    assert parse_tracestate(values) == combined


@pytest.mark.parametrize(
    "values",
    [
        ["foo"],
        ["foo="],
        ["=1"],
        ["=", "foo=1"],
        ["foo=,bar=3"],
        ["foo =1"],
        ["FOO=1"],
        ["foo.bar=1"],
        ["@foo=1,bar=2"],
        ["-foo=1"],
        ["foo=bar=baz"],
        ["foo=1;bar=2", "baz"],
        ["foo=caf\u00e9"],
        ["foo=1\x7f"],
        ["foo=1\x00"],
        ["foo=1\nbar=2"],
        ["\u00a0foo=1"],
    ],
)
def test_one_illegal_member_discards_the_whole_header(values: list[str]) -> None:
    """Nobody can tell what the rest of such a list means."""
    assert parse_tracestate(values) == ""
    assert parse_tracestate(["good=1", *values]) == ""


@pytest.mark.parametrize(
    ("values", "combined"),
    [
        (["foo=1,foo=1"], "foo=1"),
        (["foo=1,foo=2"], "foo=1"),
        (["foo=1", "foo=2"], "foo=1"),
        (["foo=1,bar=2,foo=3,baz=4"], "foo=1,bar=2,baz=4"),
    ],
)
def test_of_members_with_one_key_the_first_stays(values: list[str], combined: str) -> None:
    """The left-most is the most recent; dropping duplicates is an allowed mutation."""
    assert parse_tracestate(values) == combined


@pytest.mark.parametrize(
    ("length", "kept"), [(1, True), (256, True), (257, False)], ids=["shortest", "longest", "too long"]
)
def test_keys_have_at_most_256_characters(length: int, kept: bool) -> None:
    """Of any legal character; a longer key discards the header."""
    for key in ("z" * length, "t@" + "v" * (length - 2)):
        assert (parse_tracestate(["foo=1", f"{key[:length]}=1"]) != "") == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [("x", True), ("x" * 256, True), ("x" * 257, False), (" " * 255 + "x", True), (" " * 256 + "x", False)],
    ids=["shortest", "longest", "too long", "longest with spaces", "too long with spaces"],
)
def test_values_have_at_most_256_characters(value: str, kept: bool) -> None:
    """Leading spaces belong to the value."""
    assert (parse_tracestate([f"foo={value}"]) != "") == kept


@pytest.mark.parametrize(("count", "kept"), [(32, True), (33, False)])
def test_a_list_has_at_most_32_members(count: int, kept: bool) -> None:
    """In one header or in several; empty members do not count."""
    members = MEMBERS[:count]
    for values in ([",".join(members)], members, [",,".join(members), ", ,"]):
        assert (parse_tracestate(values) == ",".join(members)) == kept


def test_a_long_list_loses_its_long_members_first() -> None:
    """Over 512 characters, members of more than 128 go first, the last of them before the others."""
    long_ones = [f"{name}={'x' * 140}" for name in "abc"]
    short = [f"s{number}={'y' * 40}" for number in range(3)]
    combined = parse_tracestate([",".join([long_ones[0], short[0], long_ones[1], short[1], long_ones[2], short[2]])])
    assert combined == ",".join([long_ones[0], short[0], long_ones[1], short[1], short[2]])


def test_a_long_list_of_short_members_loses_its_last_ones() -> None:
    """Whole members go, from the end, until 512 characters are left."""
    members = [f"k{number:02}={'x' * 96}" for number in range(6)]
    combined = parse_tracestate([",".join(members)])
    assert combined == ",".join(members[:5])
    assert len(combined) <= 512


def test_512_characters_are_kept() -> None:
    """What the specification asks to propagate is propagated, to the last character."""
    members = [*(f"k{number}={'x' * 124}" for number in range(3)), "k3=" + "x" * 125]
    exact = ",".join(members)
    assert len(exact) == 512
    assert parse_tracestate([exact]) == exact


MEMBER = re.compile(r"[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]\Z")
_good = st.from_regex(r"[a-z0-9][a-z0-9_@*/-]{0,5}=[!-+.-<>-~]{1,6}", fullmatch=True)
_lists = st.lists(_good | st.text(VALUE_CHARACTERS + "=,\t", max_size=20), max_size=40)


@settings(deadline=None)
@given(st.lists(st.text() | _lists.map(",".join), max_size=4))
def test_any_text_is_read_without_an_error_and_nothing_malformed_comes_out(values: list[str]) -> None:
    """What comes out is empty or a list that every other implementation accepts."""
    combined = parse_tracestate(values)
    members = combined.split(",") if combined else []
    assert all(MEMBER.match(member) for member in members)
    assert len({member.partition("=")[0] for member in members}) == len(members) <= 32
    assert len(combined) <= 512
    assert parse_tracestate([combined]) == combined
    assert all(any(member in value for value in values) for member in members)
