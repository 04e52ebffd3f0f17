"""The cases of rules: a case is a source text, or several files, with the settings that it needs on top."""

from __future__ import annotations

import re
from typing import NamedTuple

_SETTING = re.compile(r"# setting: (.+)\n")
_FILE = re.compile(r"^# file: (\S+)\n", re.MULTILINE)

ONLY_FILE = "module.py"


class Case(NamedTuple):
    """A case as files.

    Args:
        settings: the content of `[tool.tracing-facade]`.
        files: path and source of each file.
    """

    settings: str
    files: dict[str, str]


def case(text: str) -> Case:
    """Return a case as files.

    Lines ``# setting: KEY = VALUE`` on top are settings; ``# file: PATH`` begins each of several files.
    """
    settings = ""
    while found := _SETTING.match(text):
        settings += found[1] + "\n"
        text = text[found.end() :]
    pieces = _FILE.split(text)
    files = dict(zip(pieces[1::2], pieces[2::2], strict=True)) or {ONLY_FILE: text}
    return Case(settings, files)
