"""Files as bytes: only UTF-8 is changed, and only where something is migrated."""

from __future__ import annotations

import pytest

from lint_plugin.codemod.runner import Task, outcome_of
from lint_plugin.codemod.source_text import NotUtf8Error, decoded
from lint_plugin.settings import Settings

BEFORE = 'from opentelemetry import trace\nx = "é"; trace.get_current_span().set_attribute("ü", x)\n'
AFTER = 'import tracing_facade as tracing\nx = "é"; tracing.current_span().set_attribute("ü", x)\n'


def outcome(data: bytes) -> bytes:
    """Return the new content of a file."""
    found = outcome_of(Task("a.py", data, Settings()))
    assert found.problem == ""
    return found.after


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=repr)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_line_ends_and_marks_stay(ending: str, mark: bytes) -> None:
    """New lines get the line ends of the file."""
    assert outcome(mark + BEFORE.replace("\n", ending).encode()) == mark + AFTER.replace("\n", ending).encode()


def test_a_file_without_a_last_line_end_stays_without() -> None:
    """Nothing is added at the end."""
    assert outcome(BEFORE.rstrip().encode()) == AFTER.rstrip().encode()


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "latin-1", "ascii"])
def test_an_encoding_that_makes_no_difference_is_no_obstacle(encoding: str) -> None:
    """As long as all bytes are ASCII."""
    data = f"# coding: {encoding}\n{BEFORE}".replace("é", "e").replace("ü", "u").encode()
    assert b"tracing.current_span()" in outcome(data)


def test_places_inside_of_an_f_string_are_checked() -> None:
    """Python before 3.12 tells wrong ones; then the file is left, and the problem named."""
    use = "{trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)}"
    source = f"from opentelemetry import trace\nx = f'''é\n  {{'x'}} {use}'''\n"
    found = outcome_of(Task("a.py", source.encode(), Settings()))
    if found.problem:
        assert not found.changed
        assert "use Python 3.12 or newer" in found.problem
    else:
        assert found.after.decode().endswith("x = f'''é\n  {'x'} {tracing.current_span().trace_id}'''\n")


OTHERS = {
    "latin-1 that says so": ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "not UTF-8: byte 0xe9"),
    "latin-1 that does not say so": ("x = 'é'\n".encode("latin-1"), "not UTF-8"),
    "UTF-8 that says it is latin-1": ("# coding: latin-1\nx = 'é'\n".encode(), "written in iso-8859-1"),
    "an unknown encoding": (b"# coding: no-such-thing\n", "unknown encoding"),
    "UTF-16": ("x = 'é'\n".encode("utf-16"), "not UTF-8"),
    "half a character after a long start": (b"#" * 5000 + b"\n" + b"\xc3\n", "not UTF-8: byte 0xc3 at 5001"),
}


@pytest.mark.parametrize(("data", "reason"), OTHERS.values(), ids=OTHERS)
def test_other_encodings_are_refused(data: bytes, reason: str) -> None:
    """With what a person can do about it."""
    with pytest.raises(NotUtf8Error, match=reason):
        decoded(data)
