"""The cases of rules: a case is a source text, or several files, with the settings that it needs on top."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lint_plugin.rule import RegisteredRule

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


def wrong_cases(found: RegisteredRule) -> Iterator[tuple[int, int, str]]:
    """Yield the cases that do not get their verdict: how many findings a case wants, how many it has, and the case.

    Args:
        found: the rule; no other one counts.
    """
    for wanted, texts in ((0, found.rule.accepts), (1, found.rule.rejects)):
        for text in texts:
            number = _findings(found, text)
            if number != wanted:
                yield wanted, number, text


def _findings(found: RegisteredRule, text: str) -> int:
    from lint_plugin.check_command import beyond_baseline
    from lint_plugin.checking import Plan, check, tasks_for
    from lint_plugin.settings import load_settings

    held, files = case(text)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("tracing-facade.toml", held), *files.items()):
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(content)
        settings = load_settings(os.path.join(folder, "tracing-facade.toml"))
        own = () if found.module.startswith("lint_plugin.rules.") else (found.module,)
        plan = Plan(settings._replace(rules=own, strict=settings.strict or found.rule.strict))
        tasks = tasks_for([folder], plan)
        return sum(one.code == found.rule.code for one in beyond_baseline(check(tasks, plan), tasks))
