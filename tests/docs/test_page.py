"""What runs the examples notices when one is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.page import Example
from tests.docs.rehearsal import Rehearsal
from tests.docs.terminal import Mismatch, shows


@pytest.fixture
def rehearsal(tmp_path: Path) -> Iterator[Rehearsal]:
    """A page about to be run."""
    started = Rehearsal(tmp_path)
    yield started
    started.close()


def _perform(rehearsal: Rehearsal, examples: list[Example]) -> None:
    for example in examples:
        rehearsal.perform(example)


def _example(kind: str, text: str, title: str = "") -> Example:
    return Example(kind, title, text, 1, "")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param("a b\n", "a b", id="the same"),
        pytest.param("a    b", "a b", id="other widths"),
        pytest.param("took 12.5 ms", "took 3 µs", id="another duration"),
        pytest.param("trace 0123456789abcdef", "trace fedcba9876543210", id="another id"),
        pytest.param("one\ntwo\nthree", "one\n...\nthree", id="lines left out"),
        pytest.param("one two three", "one ... three", id="words left out"),
        pytest.param("pay ███▏  3 ms", "pay ██  1 ms", id="another bar"),
    ],
)
def test_what_may_differ(shown: str, expected: str) -> None:
    """Times, ids, widths and what the page leaves out."""
    assert shows(shown, expected)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [("a b", "a"), ("a", "a b"), ("1 finding", "2 findings"), ("one\nthree", "one\n...\nfour"), ("", "a")],
)
def test_what_may_not_differ(shown: str, expected: str) -> None:
    """Everything else."""
    assert not shows(shown, expected)


@pytest.mark.parametrize(
    "examples",
    [
        pytest.param([_example("python", "raise SystemExit(1)")], id="a program fails"),
        pytest.param([_example("python", "print(1)"), _example("output", "2\n")], id="a program prints something else"),
        pytest.param([_example("console", "$ false")], id="a command fails"),
        pytest.param([_example("console", "$ true    # exits with 1")], id="a command succeeds that should fail"),
        pytest.param([_example("console", "$ echo 1\n2\n")], id="a command prints something else"),
        pytest.param([_example("console", "$ echo 1\n1\n$ echo 2\n1\n")], id="the second command does"),
    ],
)
def test_a_wrong_example_is_noticed(rehearsal: Rehearsal, examples: list[Example]) -> None:
    """A page that says something else than what happens does not pass."""
    with pytest.raises(Mismatch):
        _perform(rehearsal, examples)


def test_later_examples_see_what_earlier_ones_made(rehearsal: Rehearsal) -> None:
    """Files, variables and terminals last as long as the page."""
    rehearsal.perform(_example("python", "value = 41\n", title="part.py"))
    rehearsal.perform(_example("console", "$ NUMBER=42\n"))
    rehearsal.perform(_example("console", "$ echo waiting; read line < part.py; echo $line\nwaiting\n", title="other"))
    rehearsal.perform(_example("console", "value = 41\n", title="other"))
    rehearsal.perform(_example("console", "$ echo $NUMBER\n42\n"))
    rehearsal.perform(_example("python", "import part; print(part.value)"))
    rehearsal.perform(_example("output", "41\n"))
