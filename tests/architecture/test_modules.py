"""What every module has in common."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.repository import PACKAGES, ROOT, modules, tracked_files

MOST_LINES = 400
EVERYWHERE = (*PACKAGES, "tracing_facade_pytest.py", "demo", "docs")

# A path that exists on one machine only. /tmp, /etc and /var are on every machine.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root|home|Users|opt)/[A-Za-z.]")


@pytest.mark.parametrize("path", modules(*EVERYWHERE), ids=str)
def test_a_module_fits_in_the_head_of_its_reader(path: Path) -> None:
    """No module has more than 400 lines; tests may, since tables of cases are data."""
    lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES, f"{path} has {lines} lines; at most {MOST_LINES}: find the second noun in it"


@pytest.mark.parametrize("path", modules(*EVERYWHERE), ids=str)
def test_a_module_opens_with_its_purpose(path: Path) -> None:
    """Every module has a docstring whose first line is a sentence."""
    docstring = ast.get_docstring(ast.parse((ROOT / path).read_text(encoding="utf-8")))
    assert docstring, f"{path} has no docstring; say in one sentence what it is for"
    first = docstring.split("\n\n")[0]
    assert first.rstrip().endswith((".", ":", "?")), f"{path} opens with {first!r}; make it a sentence"


def test_the_repository_names_no_path_of_one_machine() -> None:
    """What is committed speaks of the project alone."""
    found = []
    for path in tracked_files():
        try:
            lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{path}:{number}: {line.strip()[:120]}" for number, line in enumerate(lines, 1)
                  if MACHINE_PATH.search(line)]  # fmt: skip
    assert not found, "\n".join(found)
