"""Many files: from memory, in several processes, notebooks and docstrings."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path

import pytest

from lint_plugin import parallel
from tests.lint_plugin.conftest import forget
from tests.lint_plugin.running import Run, write


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A program of many files, one of which breaks a rule."""
    write(tmp_path, {f"package/module_{number}.py": "import os\n" for number in range(30)})
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\n", "package/bad.py": "import opentelemetry\n"})
    return tmp_path


def test_what_has_not_changed_comes_from_memory(run: Run, project: Path) -> None:
    """And what has is checked again."""
    first = run("check", "--format", "json", ".").out
    assert run("check", "--format", "json", ".").out == first
    assert (project / ".tracing-lint-cache").is_dir()
    write(project, {"package/bad.py": "import os\n\nimport opentelemetry.trace\n"})
    assert run("check", "--format", "json", ".").places() == [("package/bad.py", 3, "TRF101")]
    write(project, {"package/bad.py": "import os\n"})
    assert run("check", ".").code == 0


def test_memory_can_be_turned_off(run: Run, project: Path) -> None:
    """Nothing is written then."""
    run("check", "--no-cache", ".")
    assert not (project / ".tracing-lint-cache").exists()


def test_settings_have_a_memory_of_their_own(run: Run, project: Path) -> None:
    """A change of them is seen at once."""
    assert run("check", ".").code == 1
    write(project, {"pyproject.toml": "[tool.tracing-facade]\nallow = ['package/bad.py']\n"})
    forget()
    assert run("check", ".").code == 0


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"x": 1}', b"\xff\xfe", b'{"%s": [1, 2, 3]}'])
def test_a_broken_memory_does_no_harm(run: Run, project: Path, content: bytes) -> None:
    """The files are checked."""
    expected = run("check", "--format", "json", ".").out
    for file in (project / ".tracing-lint-cache").glob("*.json"):
        file.write_bytes(content)
    assert run("check", "--format", "json", ".").out == expected


def test_other_files_change_what_is_found(run: Run, tmp_path: Path) -> None:
    """A name that another file begins to pass on is reported, though the file that uses it has not changed."""
    write(tmp_path, {
        "pyproject.toml": "[tool.tracing-facade]\nallow = ['app/tel.py']\n",
        "app/tel.py": "def trace(): ...\n",
        "app/x.py": "from app.tel import trace\n",
    })  # fmt: skip
    assert run("check", ".").code == 0
    write(tmp_path, {"app/tel.py": "from opentelemetry import trace\n"})
    forget()
    assert run("check", "--format", "json", ".").places() == [("app/x.py", 1, "TRF107")]


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_processes_make_no_difference(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, jobs: str) -> None:
    """The findings are the same, in the same order."""
    monkeypatch.setattr(parallel, "_WORTH_IT", 0)
    write(project, {f"package/bad_{number}.py": "import opentelemetry\n" for number in range(7)})
    found = run("check", "--no-cache", "--jobs", jobs, "--format", "json", ".").places()
    assert [path for path, _, _ in found] == sorted(path for path, _, _ in found)
    assert len(found) == 8


def test_the_work_of_a_process_that_dies_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the one that started it."""
    monkeypatch.setattr(parallel, "_WORTH_IT", 0)
    parent = os.getpid()

    def work(items: object) -> list[int]:
        if os.getpid() != parent:
            os._exit(3)
        return [item * 2 for item in items]  # type: ignore[attr-defined]  # a sequence of numbers

    assert parallel.spread([1, 2, 3, 4], 2, work) == [2, 4, 6, 8]


def test_notebooks_are_checked_when_asked(run: Run, tmp_path: Path) -> None:
    """The finding names the cell; magic commands are no Python."""
    cells = [
        {"cell_type": "markdown", "source": "import opentelemetry"},
        {"cell_type": "code", "source": ["%pip install x\n", "name = 'opentelemetry'\n"]},
        {"cell_type": "code", "source": "!ls\nimport importlib\nimportlib.import_module(name)"},
    ]
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\n", "a.ipynb": json.dumps({"cells": cells})})
    assert run("check", ".").code == 0
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\nnotebooks = true\n"})
    forget()
    assert run("check", "--format", "json", ".").places() == [("a.ipynb:cell 3", 3, "TRF102")]
    write(tmp_path, {"a.ipynb": "{"})
    assert run("check", "--format", "json", ".").places() == [("a.ipynb", 1, "TRF100")]


def test_docstrings_are_checked_when_asked(run: Run, tmp_path: Path) -> None:
    """At their place in the file."""
    source = '''\
        def f():
            """Do it.

            >>> import os
            >>> if os:
            ...     import opentelemetry
            """
    '''
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\n", "a.py": textwrap.dedent(source)})
    assert run("check", ".").code == 0
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\ndoctests = true\n"})
    forget()
    (found,) = run("check", "--format", "json", ".").findings()
    assert (found["line"], found["column"], found["code"]) == (6, 13, "TRF101")


def test_levels_turn_rules_off_by_path(run: Run, tmp_path: Path) -> None:
    """Later lines override earlier ones."""
    levels = "['TRF1=off old/.*', 'TRF101=error old/new/.*']"
    write(tmp_path, {"pyproject.toml": f"[tool.tracing-facade]\nlevels = {levels}\n"})
    write(tmp_path, dict.fromkeys(("old/a.py", "old/new/b.py", "c.py"), "import opentelemetry\n"))
    assert [path for path, _, _ in run("check", "--format", "json", ".").places()] == ["c.py", "old/new/b.py"]


def test_other_tracers_are_one_line_away(run: Run, tmp_path: Path) -> None:
    """By the name of a preset, besides what is sealed anyway."""
    write(tmp_path, {"pyproject.toml": "[tool.tracing-facade]\npresets = ['datadog', 'sentry']\n"})
    source = "import ddtrace\nimport sentry_sdk\nwith sentry_sdk.start_span(op='x'): ...\nimport opentelemetry\n"
    write(tmp_path, {"a.py": source})
    found = [(line, code) for _, line, code in run("check", "--format", "json", ".").places()]
    assert found == [(1, "TRF101"), (3, "TRF201"), (4, "TRF101")]


def test_an_unreadable_declaration_is_reported_at_the_part_that_is(run: Run, tmp_path: Path) -> None:
    """Also when it comes from another file, and on a line with letters that take several bytes."""
    head = "from names import NAME\nfrom tracing_facade import SpanSpec, Stability\n"
    long = "SHIP = SpanSpec(\n    'ship',\n    brief=made(),\n    stability=Stability.STABLE,\n)\n"
    spans = f"{head}PAY = SpanSpec('pay', brief='€', stability=Stability.STABLE, kind=made())\n{long}"
    used = "ASK = SpanSpec(NAME, stability=Stability.STABLE)\n"
    write(tmp_path, {"names.py": "NAME = made()\n", "a.py": f"{spans}{used}"})
    found = run("check", "--format", "json", ".").findings()
    assert [(one["path"], one["line"], one["column"], one["code"]) for one in found] == [
        ("a.py", 3, 67, "TRF213"),
        ("a.py", 6, 11, "TRF213"),
        ("a.py", 9, 16, "TRF213"),
    ]
    assert found[-1]["message"].endswith("(names.py:1:8)")
