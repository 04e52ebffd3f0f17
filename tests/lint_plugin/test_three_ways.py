"""One verdict, three ways: the command, flake8 and an editor say the same about every hand-written sample."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lint_plugin import source
from tests.lint_plugin.editor.client import Editor, edit, offset
from tests.lint_plugin.running import write
from tests.lint_plugin.samples import shared_samples

Verdict = tuple[str, int, int, str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples, each in a folder with settings of its own, and one that lets everything speak."""
    top = tmp_path_factory.mktemp("samples")
    for sample in shared_samples():
        (top / sample.name).mkdir()
        sample.write(top / sample.name)
    write(top, {
        "everything/pyproject.toml": (
            "[tool.tracing-facade]\nstrict = true\ndoctests = true\nbaseline = 'known.toml'\npresets = ['sentry']\n"
            "levels = ['TRF201=off .*']\nexclude = ['left/**']\n"
        ),
        "everything/known.toml": (
            "[[finding]]\npath = 'module.py'\ncode = 'TRF101'\nline = 1\ntext = 'import opentelemetry as known'\n"
            "reason = 'it is old'\nowner = 'us'\n"
        ),
        "everything/left/module.py": "import opentelemetry\n",
        "everything/module.py": (
            'x = "\U0001f600"; import opentelemetry\nimport opentelemetry as known\n'
            'def f():\n    """Do it.\n\n    >>> import opentelemetry\n    """\n'
            "import sentry_sdk\nwith sentry_sdk.start_span(op='x'): ...\n"
            "import opentelemetry  # noqa: TRF101\nimport opentelemetry  # noqa\n\x0cimport opentelemetry.sdk\n"
        ),
    })  # fmt: skip
    return top


@pytest.fixture(scope="module")
def by_command(folder: Path) -> set[Verdict]:
    """What the command says of Python files."""
    command = [sys.executable, "-m", "lint_plugin.command", "check", "--format", "json", "--no-cache"]
    found = json.loads(subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=False).stdout)
    return {_verdict(one) for one in found if one["path"].endswith((".py", ".pyi"))}


def _verdict(one: dict[str, Any]) -> Verdict:
    return one["path"], one["line"], one["column"], one["code"], one["message"]


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_flake8_says_what_the_command_says(folder: Path, by_command: set[Verdict], start: str) -> None:
    """However it starts its processes; of files that do not parse it has its own error and asks no plugin.

    Bytes that are no text in the encoding of their file are such an error to it before Python 3.12; later ones read
    them as Latin-1, as we do.
    """
    program = (
        f"import multiprocessing, sys; multiprocessing.set_start_method({start!r});"
        "from flake8.main.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    form = "%(path)s\t%(row)d\t%(col)d\t%(code)s\t%(text)s"
    words = ["--isolated", "--select", "TRF,E9", "--jobs", "2", "--filename", "*.py,*.pyi", "--format", form, "."]
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    said = {(os.path.normpath(path), int(row), int(column), code, text) for path, row, column, code, text in rows}
    unreadable = {path for path, _, _, code, _ in said if code.startswith("E9")}
    assert unreadable <= {path for path in _files(folder) if source.read((folder / path).read_bytes()).problem}
    ours = {_out_of_sight(one) for one in by_command if one[0] not in unreadable}
    assert {one for one in said if one[0] not in unreadable} == ours


def _out_of_sight(verdict: Verdict) -> Verdict:
    """Return a finding that its own line would hide from flake8 behind the end of the file, where flake8 has it."""
    path, line, _, code, message = verdict
    if code != "TRF302":
        return verdict
    assert path == "everything/module.py"
    return path, 13, 1, code, f"line {line}: {message}"


def test_an_editor_says_what_the_command_says(folder: Path, by_command: set[Verdict]) -> None:
    """Of every file, whether it parses or not; columns are counted in characters here."""
    said: set[Verdict] = set()
    encodings = {sample.name: sample.encoding for sample in shared_samples()}

    async def work(editor: Editor) -> None:
        texts = {}
        for path in _files(folder):
            encoding = encodings.get(path.split(os.sep)[0], "utf-8")
            texts[path] = (folder / path).read_bytes().decode(encoding)
            editor.open(path, texts[path])
        for path, text in texts.items():
            lines = source.read(text.encode()).lines
            for one in await editor.told(path):
                line = one.range.start.line
                column = offset(text, one.range.start) - offset(text, type(one.range.start)(line, 0)) + 1
                assert column <= len(lines[line]) + 1
                said.add((path, line + 1, column, str(one.code), one.message))

    edit(folder, work)
    assert said == by_command


def _files(folder: Path) -> Iterator[str]:
    found = sorted([*folder.rglob("*.py"), *folder.rglob("*.pyi")])
    return (str(path.relative_to(folder)) for path in found)
