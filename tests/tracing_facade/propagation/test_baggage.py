"""The baggage header: W3C Baggage, its limits and its percent-encoding."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.baggage import get_all
from opentelemetry.baggage.propagation import W3CBaggagePropagator

from tracing_facade.propagation import BaggageEntry, format_baggage, parse_baggage


@pytest.mark.parametrize(
    ("values", "entries"),
    [
        ([], {}),
        ([""], {}),
        (["userId=alice"], {"userId": ("alice", "")}),
        (["userId=alice,serverNode=DF%2028,isProduction=false"],
         {"userId": ("alice", ""), "serverNode": ("DF 28", ""), "isProduction": ("false", "")}),
        (["userId=alice", "serverNode=DF%2028"], {"userId": ("alice", ""), "serverNode": ("DF 28", "")}),
        (["userId =   alice", "a\t=\tb ,\tc = d"], {"userId": ("alice", ""), "a": ("b", ""), "c": ("d", "")}),
        (["userId=Am%C3%A9lie"], {"userId": ("Amélie", "")}),
        (["a=%ff%C3"], {"a": ("\ufffd\ufffd", "")}),
        (["a="], {"a": ("", "")}),
        (["a=b=c=="], {"a": ("b=c==", "")}),
        (["a=1;p1;p2=x , b=2; p = y ;q"], {"a": ("1", "p1;p2=x"), "b": ("2", "p=y;q")}),
        (["!#$%&'*+-.^_`|~09AZaz=1"], {"!#$%&'*+-.^_`|~09AZaz": ("1", "")}),
        (["a=1,a=2"], {"a": ("2", "")}),
        (["a=!#$&'()*+-./:<=>?@[]^_`{|}~"], {"a": ("!#$&'()*+-./:<=>?@[]^_`{|}~", "")}),
    ],
)  # fmt: skip
def test_members_are_read(values: list[str], entries: dict[str, tuple[str, str]]) -> None:
    """Several headers are one list; white space around parts does not count; values are percent-decoded."""
    assert parse_baggage(values) == {key: BaggageEntry(*entry) for key, entry in entries.items()}


@pytest.mark.parametrize(
    "member",
    ["", " ", "a", "=1", "a b=1", "a(b)=1", "\u00e9=1", "a=\u00e9", "a=b c", 'a="b"', "a=b\\c", "a=\x00", "a=b\x7f",
     "a\x00=b", "a=1\n", ";p", "\u00a0a=1"],
)  # fmt: skip
def test_an_illegal_member_is_skipped(member: str) -> None:
    """The members around it are kept."""
    assert list(parse_baggage([f"first=1,{member},last=2"])) == ["first", "last"]


@pytest.mark.parametrize("properties", ["a b", "p=x y", "p;\u00e9", ";;", "=1", 'p="x"'])
def test_an_illegal_property_is_left_out(properties: str) -> None:
    """The member keeps its value and its legal properties."""
    (entry,) = parse_baggage([f"a=1;good;{properties};also=2"]).values()
    assert entry.value == "1"
    assert entry.properties.startswith("good;")
    assert entry.properties.endswith("also=2")
    assert not set(entry.properties) & set(' "\u00e9')


def test_64_members_are_read_and_written() -> None:
    """What the specification asks to propagate is propagated; a 65th is not."""
    members = [f"k{number}={number}" for number in range(65)]
    assert format_baggage(parse_baggage([",".join(members[:64])])) == ",".join(members[:64])
    assert format_baggage(parse_baggage(members)) == ",".join(members[:64])


@pytest.mark.parametrize("sizes", [[8192], [4095, 4096], [2730, 2730, 2730]], ids=len)
def test_8192_bytes_are_read_and_written(sizes: list[int]) -> None:
    """Commas count, in one header and in several; what is over the limit is left out as whole members."""
    members = [f"{number:04}=".ljust(size, "x") for number, size in enumerate(sizes)]
    header = ",".join(members)
    assert len(header) <= 8192
    for values in ([header], members):
        assert format_baggage(parse_baggage(values)) == header
        assert format_baggage(parse_baggage([*values, "k=1"])) == header


def test_a_value_that_grows_by_encoding_stays_below_the_limit() -> None:
    """Broken percent-encoding costs more bytes as U+FFFD; the header is bounded all the same."""
    written = format_baggage(parse_baggage([f"a={'%ff' * 1500},b=1"]))
    assert len(written) <= 8192


@pytest.mark.parametrize("key", ["", "a b", "a=b", "a,b", "a\r\nX-Evil: 1", "\u00e9"])
def test_a_key_that_is_no_token_is_not_written(key: str) -> None:
    """OpenTelemetry's API lets anybody set any key; headers of others must not come of it."""
    assert format_baggage({key: BaggageEntry("1"), "ok": BaggageEntry("2")}) == "ok=2"


tokens = st.text("!#$%&'*+-.^_`|~0123456789abcXYZ", min_size=1, max_size=8)
contents = st.text(max_size=30)
LEGAL = re.compile(r"(?:[!#-+\--:<-\[\]-~]+=[!#-+\--:<-\[\]-~]*(?:,|\Z))*\Z")


@settings(deadline=None)
@given(st.dictionaries(tokens, contents, max_size=10))
def test_what_is_written_can_be_read_here_and_by_opentelemetry(values: dict[str, str]) -> None:
    """Any text survives as a value, in the form that other implementations read."""
    clean = {key: value.encode("utf-8", "replace").decode() for key, value in values.items()}
    written = format_baggage({key: BaggageEntry(value) for key, value in values.items()})
    assert LEGAL.match(written)
    assert {key: entry.value for key, entry in parse_baggage([written]).items()} == clean
    # OpenTelemetry's propagator also decodes keys, takes "+" for a space and strips values, which W3C Baggage does not.
    if not any(set(key) & set("+%") or "+" in value or value != value.strip() for key, value in clean.items()):
        assert dict(get_all(W3CBaggagePropagator().extract({"baggage": written}))) == clean


@settings(deadline=None)
@given(st.lists(st.text() | st.text("ab=;,% \t%2C"), max_size=4))
def test_any_text_is_read_without_an_error_and_nothing_malformed_comes_out(values: list[str]) -> None:
    """What comes out is bounded, in ASCII without control characters, and means the same when read again."""
    entries = parse_baggage(values)
    written = format_baggage(entries)
    assert written.isascii()
    assert written.isprintable()
    assert len(written) <= 8192
    assert parse_baggage([written]) == entries
