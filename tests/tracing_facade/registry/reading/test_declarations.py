"""Reading declarations: one file, two readers, the same words."""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

import pytest

from tracing_facade.errors import DeclarationError
from tracing_facade.registry.reading.declarations import read_declarations, refusals_in

HEAD = "from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability\n"

SEEN_BY_BOTH = {
    "name": "A = SpanSpec('Order Place')",
    "kind": "A = SpanSpec('order.place', kind='SERVER')",
    "type": "A = SpanSpec('a', attributes=(AttributeSpec('b', bytes),))",
    "list type": "A = SpanSpec('a', attributes=(AttributeSpec('b', list[bytes]),))",
    "value": "A = SpanSpec('a', attributes=(AttributeSpec('b', int, values=(1, 'x')),))",
    "pattern": "A = SpanSpec('a', attributes=(AttributeSpec('b', pattern='['),))",
    "missing comma": "A = SpanSpec('a', attributes=(AttributeSpec('b')))",
    "twice": "A = SpanSpec('a', attributes=(AttributeSpec('b'), AttributeSpec('b')))",
    "alias": "A = SpanSpec('a', aliases=('b',))",
    "convention": "A = SpanSpec('a', attributes=(AttributeSpec.convention('http.method'),))",
    "negative": "A = SpanSpec('a', slow_after=-1)",
    "event": "A = SpanSpec('a', events=('b',))",
    "positional": "A = SpanSpec('a', 'b')",
    "keyword": "A = AttributeSpec.convention('http.route', type=str)",
    "no name": "A = SpanSpec()",
}


@pytest.mark.parametrize("source", SEEN_BY_BOTH.values(), ids=SEEN_BY_BOTH)
def test_what_both_can_see_is_refused_in_the_same_words(tmp_path: Path, source: str) -> None:
    """The message of an import is the message of the reader."""
    path = tmp_path / "spans.py"
    path.write_text(HEAD + source)
    with pytest.raises((DeclarationError, TypeError)) as raised:
        exec(HEAD + source, {})  # the cases above
    assert [refusal.message for refusal in read_declarations(str(path)).refusals] == [str(raised.value)]


def test_every_problem_is_told_with_its_place(tmp_path: Path) -> None:
    """Not the first one only; columns count characters."""
    path = tmp_path / "spans.py"
    path.write_text(
        HEAD + "Ä = 'ä'; A = SpanSpec(name(), brief=text(), attributes=(AttributeSpec('a', number()),))\n"
        "B = SpanSpec('b', kind=1)\n",
        encoding="utf-8",
    )
    places = [str(refusal.place).removeprefix(f"{path}:") for refusal in read_declarations(str(path)).refusals]
    assert places == ["2:23", "2:37", "2:76", "3:24"]


PLACES = {
    "an argument": "A = SpanSpec(^name())",
    "an option": "A = SpanSpec('a', brief=^text())",
    "a part of an option": "A = SpanSpec('a', aliases=('b', ^text()), deprecated_version='1.1')",
    "an argument of a part": "A = SpanSpec('a', attributes=(AttributeSpec('b'), AttributeSpec('c', ^kind())))",
    "a wrong name": "A = SpanSpec(\n    ^'Not A Name',\n    brief='b',\n)",
    "a wrong option": "A = SpanSpec('a', brief='b', kind=^'SERVER')",
    "an unknown option": "A = SpanSpec('a', kind=SpanKind.SERVER, ^breif='b')",
    "an argument given twice": "A = SpanSpec('a', ^name='b')",
    "an argument too many": "A = SpanSpec('a', ^'b', brief='c')",
    "an unknown option of a convention": "A = AttributeSpec.convention('http.route', ^type=str)",
    "all, as something lacks": "A = ^SpanSpec(brief='b')",
    "spread arguments": "A = SpanSpec('a', **^OPTIONS)",
    "a name bound twice": "^A = SpanSpec('a')\nA = 1",
    "a constant of the file": "NAME = ^name()\nA = SpanSpec(NAME)\nB = SpanSpec(NAME)",
    "a name of no file": "from elsewhere import NAME\nA = SpanSpec(^NAME)\nB = SpanSpec(^NAME)",
}


@pytest.mark.parametrize("marked", PLACES.values(), ids=PLACES)
def test_a_refusal_names_the_part_that_cannot_be_read(tmp_path: Path, marked: str) -> None:
    """And the declaration as a whole only when something lacks."""
    path = tmp_path / "spans.py"
    path.write_text(HEAD + marked.replace("^", ""))
    lines = marked.splitlines()
    wanted = [(number, line.index("^") + 1) for number, line in enumerate(lines, 2) if "^" in line]
    places = [refusal.place for refusal in read_declarations(str(path)).refusals]
    assert [(place.line, place.column) for place in places] == wanted


def test_what_another_file_holds_is_told_with_its_use(tmp_path: Path) -> None:
    """The nearest one: through further files, and of several uses the first."""
    (tmp_path / "deep.py").write_text("NAME = name()\n")
    (tmp_path / "beside.py").write_text("from deep import NAME\n")
    path = tmp_path / "spans.py"
    path.write_text(HEAD + "import beside\nA = SpanSpec('a', brief=beside.NAME)\nB = SpanSpec(beside.NAME)\n")
    (refusal,) = read_declarations(str(path)).refusals
    assert str(refusal.place) == f"{tmp_path / 'deep.py'}:1:8"
    assert str(refusal.used) == f"{path}:3:25"


def test_a_span_knows_where_its_parts_stand(tmp_path: Path) -> None:
    """A change is reported at the line that made it."""
    path = tmp_path / "spans.py"
    path.write_text(
        HEAD
        + "X = AttributeSpec('x')\nA = SpanSpec('a', attributes=(X,\n  AttributeSpec('y')), events=(EventSpec('e'),))\n"
    )
    (span,) = read_declarations(str(path)).spans
    assert {name: place.line for name, place in span.parts.items()} == {"x": 2, "y": 4, "e": 4}
    assert (span.place.line, span.place.column) == (3, 5)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"def", "1:4: is not Python: "),
        (b"\x00", "source code string cannot contain null bytes"),
        (b"# coding: nonsense\n", "is not Python: "),
        (b"(" * 300, "is not Python: "),
        (b"-" * 50_000 + b"1", "; mend the file"),
        (HEAD.encode() + b"A = SpanSpec(" + b"'a' + " * 3_000 + b"'a')", ""),
    ],
    ids=["no Python", "a null byte", "an unknown encoding", "unclosed", "deep", "a long sum"],
)
def test_no_file_makes_the_reader_fail(tmp_path: Path, data: bytes, message: str) -> None:
    """It says what is wrong instead."""
    path = tmp_path / "spans.py"
    path.write_bytes(data)
    (refusal,) = read_declarations(str(path)).refusals
    assert message in str(refusal)


def test_constants_do_not_grow_without_bound(tmp_path: Path) -> None:
    """Forty lines could otherwise fill the memory."""
    path = tmp_path / "spans.py"
    doubled = "".join(f"T{n + 1} = (*T{n}, *T{n})\n" for n in range(40))
    path.write_text(f"{HEAD}T0 = (AttributeSpec('a'),)\n{doubled}A = SpanSpec('a', attributes=T40)\n")
    (refusal,) = read_declarations(str(path)).refusals
    assert "is too long for a declaration" in refusal.message


def test_a_missing_file_is_refused() -> None:
    """With its path."""
    (refusal,) = read_declarations("no/such/file.py").refusals
    assert str(refusal) == "no/such/file.py:1:1: cannot be read; name an existing file with Python source"


def _imported(path: Path) -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("some_spans", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_run_time_can_refuse_what_only_runs(tmp_path: Path) -> None:
    """A module that imports well, and of which the checker would know nothing."""
    path = tmp_path / "spans.py"
    path.write_text(HEAD + "A = SpanSpec('order.' + str(1))\n")
    (refusal,) = refusals_in(_imported(path))
    assert refusal.message.startswith("`str(1)` is a call; declarations are read without running them")


@pytest.mark.parametrize("file", [None, "frozen.zip/spans.py", "spans.so"])
def test_a_module_without_source_is_taken_as_it_is(file: str | None) -> None:
    """There is nothing to compare it with."""
    module = types.ModuleType("spans")
    module.__file__ = file
    assert refusals_in(module) == ()


def test_nothing_that_is_read_is_run(tmp_path: Path) -> None:
    """Neither the file nor what it imports."""
    (tmp_path / "beside.py").write_text("import sys\nsys.was_run = True\nNAME = 'a'\n")
    path = tmp_path / "spans.py"
    path.write_text(HEAD + "import beside\nraise SystemExit\nA = SpanSpec(beside.NAME)\n")
    assert [span.spec.name for span in read_declarations(str(path)).spans] == ["a"]
    assert not hasattr(sys, "was_run")


def test_an_alias_of_a_span_is_no_second_span(tmp_path: Path) -> None:
    """It is the same declaration under another constant."""
    path = tmp_path / "spans.py"
    path.write_text(HEAD + "A = SpanSpec('a')\nB = A\n")
    assert [span.constant for span in read_declarations(str(path)).spans] == ["A"]
