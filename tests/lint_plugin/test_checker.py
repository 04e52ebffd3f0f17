"""One file at a time: positions, permits, encodings, and bytes of any kind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lint_plugin.checker import check_bytes
from lint_plugin.settings import Settings

POSITIONS = [
    ("import opentelemetry\n", (1, 1)),
    ("if x:\n    import opentelemetry\n", (2, 5)),
    ("'\u00e4\U0001f600'; import opentelemetry\n", (1, 7)),
    ("\r\nfrom opentelemetry import trace\r\n", (2, 1)),
    ("\ufefffrom opentelemetry import trace\n", (1, 1)),
    ("from opentelemetry.trace import (\n    Span,\n)\n", (1, 1)),
    ("import opentelemetry", (1, 1)),
]


@pytest.mark.parametrize(("source", "place"), POSITIONS, ids=lambda value: repr(value)[:40])
def test_a_finding_stands_at_its_statement(source: str, place: tuple[int, int]) -> None:
    """Lines and columns count from 1, columns in characters."""
    (finding,) = check_bytes("x.py", source.encode(), Settings())
    assert (finding.line, finding.column) == place


def test_a_declared_encoding_is_read() -> None:
    """The cookie of PEP 263 decides, for the position too."""
    (finding,) = check_bytes(
        "x.py", "# coding: latin-1\n'\u00e4'; import opentelemetry\n".encode("latin-1"), Settings()
    )
    assert (finding.line, finding.column) == (2, 6)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("from opentelemetry import metrics\n", 0),
        ("import opentelemetry.metrics\n", 0),
        ("from opentelemetry.metrics import Meter\n", 0),
        ("from opentelemetry import metrics, trace\n", 1),
        ("import opentelemetry.metrics_not\n", 1),
        ("from opentelemetry import *\n", 1),
    ],
)
def test_a_permitted_part_may_be_imported(source: str, count: int) -> None:
    """And nothing beside it."""
    settings = Settings(permit=("opentelemetry.metrics",))
    assert len(check_bytes("x.py", source.encode(), settings)) == count


def test_other_modules_can_be_sealed() -> None:
    """The default is only a default."""
    settings = Settings(sealed=("ddtrace", "sentry_sdk.tracing"))
    source = b"import opentelemetry\nimport ddtrace\nfrom sentry_sdk import tracing\nimport sentry_sdk\n"
    assert [finding.line for finding in check_bytes("x.py", source, settings)] == [2, 3]


BROKEN = {
    "syntax": b"import opentelemetry\nx = = 1\n",
    "inside a function": b"def f():\n    x = = 1\n    import opentelemetry\n",
    "nul": b"import opentelemetry\x00\n",
    "cookie": b"# coding: nonsense\nimport opentelemetry\n",
    "not utf-8": b"import opentelemetry\n'\xff'\n",
    "nested": b"import opentelemetry\nx = " + b"(" * 500 + b")" * 500,
    "deep": b"import opentelemetry\nx = " + b"-" * 100_000 + b"1",
    "another age": b"print 'x'\nimport opentelemetry\n",
    "a later version": b"lazy import opentelemetry\n",
    "a merge gone wrong": b"<<<<<<< ours\nimport opentelemetry\n=======\nimport json\n>>>>>>> theirs\n",
    "an open string": b"import opentelemetry\nx = '''\n",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_not_python_is_checked_in_parts(data: bytes) -> None:
    """The import is found all the same."""
    assert [finding.code for finding in check_bytes("x.py", data, Settings())] == ["TRF101"]


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_strict_mode_says_that_a_file_is_checked_in_parts(data: bytes) -> None:
    """With the reason and what to do."""
    found = {finding.code: finding.message for finding in check_bytes("x.py", data, Settings(strict=True))}
    assert "is checked in parts only: " in found["TRF100"]


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_checker(data: bytes) -> None:
    """Whatever a file holds."""
    check_bytes("x.py", b"import opentelemetry\n" + data, Settings())
    check_bytes("x.py", data, Settings())
