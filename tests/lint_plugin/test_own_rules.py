"""Rules of one's own: one installed file, complete like ours, and never code of the folder that is checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lint_plugin.running import write

RULE = '''\
"""A request is sent without a timeout.

Why:
    It may wait for ever.

Wrong:
    requests.get(url)

Right:
    requests.get(url, timeout=5)
"""

import ast

from lint_plugin.rule import Hit, Rule


def _check(module):
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "requests.get" and not node.keywords:
            yield Hit(node, "requests.get waits for ever: pass a timeout")


CASES = {"accepts": ("import os\\n",), "rejects": ("requests.get(1)\\n",)}
RULE = Rule("ORG101", "no-timeout", _check, words=("requests",), **CASES)
'''
SETTINGS = "[tool.tracing-facade]\nrules = ['ours.rules']\n"
FILE = "import requests\nrequests.get('x')\n"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with a package of rules that is on the path, as an installed one is."""
    write(tmp_path / "site", {"ours/__init__.py": "", "ours/rules.py": RULE})
    return tmp_path / "site"


def call(*words: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a module in a folder, with another one on the path."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if path is not None:
        environ["PYTHONPATH"] = str(path)
    return subprocess.run([sys.executable, "-m", *words], cwd=cwd, capture_output=True, text=True, env=environ)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("lint_plugin.command", "check", "--format", "concise"), id="command"),
        pytest.param(("flake8", "--isolated", "--select", "ORG"), id="flake8"),
    ],
)
def test_a_rule_of_one_s_own_takes_one_file(tmp_path: Path, installed: Path, words: tuple[str, ...]) -> None:
    """The command has it as soon as the settings name it; flake8, which gives it no prefix, has it too."""
    tree = tmp_path / "tree"
    write(tree, {"pyproject.toml": SETTINGS, "a.py": FILE})
    found = call(*words, "a.py", cwd=tree, path=installed)
    assert found.stdout == "a.py:2:1: ORG101 requests.get waits for ever: pass a timeout\n"
    assert found.returncode == 1


def test_a_rule_of_one_s_own_explains_itself(tmp_path: Path, installed: Path) -> None:
    """In the list and alone."""
    write(tmp_path / "tree", {"pyproject.toml": SETTINGS})
    found = call("lint_plugin.command", "rules", "org101", cwd=tmp_path / "tree", path=installed)
    assert found.stdout.startswith("ORG101 no-timeout\n\nA request is sent without a timeout.")


@pytest.mark.parametrize("words", [("lint_plugin.command", "check"), ("flake8", "--isolated", "--select", "TRF,ORG")])
def test_no_rule_comes_from_the_folder_that_is_checked(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Neither the module nor its package is imported, though `python -m` would find them."""
    trap = "open('trapped', 'w').close()\n"
    write(tmp_path, {"pyproject.toml": SETTINGS, "ours/__init__.py": trap, "ours/rules.py": trap + RULE, "a.py": FILE})
    found = call(*words, "a.py", cwd=tmp_path)
    assert found.returncode in (1, 2)
    assert "ours.rules cannot register: No module named 'ours'" in found.stdout + found.stderr
    assert not (tmp_path / "trapped").exists()


def test_only_the_caller_s_settings_name_rules(tmp_path: Path, installed: Path) -> None:
    """Those of a folder further down, or elsewhere, are refused and not imported, unless they are named as settings."""
    write(tmp_path, {"tree/inner/pyproject.toml": SETTINGS, "tree/inner/a.py": FILE})
    command = ("lint_plugin.command", "check", "--format", "concise")
    refused = call(*command, ".", cwd=tmp_path / "tree", path=installed)
    assert refused.returncode == 2
    assert "rules = ['ours.rules'] is refused: a rule is code that is run" in refused.stderr
    inside = call(*command, ".", cwd=tmp_path / "tree" / "inner", path=installed)
    named = call(*command, "--config", "inner/pyproject.toml", ".", cwd=tmp_path / "tree", path=installed)
    assert [one.returncode for one in (inside, named)] == [1, 1]
    assert named.stdout.startswith("inner/a.py:2:1: ORG101 ")


def test_an_incomplete_rule_of_one_s_own_is_refused(tmp_path: Path, installed: Path) -> None:
    """As one of ours would be: no case to accept or reject, or no explanation, no rule."""
    write(tmp_path / "tree", {"pyproject.toml": SETTINGS, "a.py": FILE})
    for piece, lacking in (('"rejects": ("requests.get(1)\\n",)', "rejects"), ("Wrong:\n", "Wrong:")):
        text = RULE.replace(piece, '"rejects": ()' if "rejects" in piece else "")
        assert text != RULE
        write(installed, {"ours/rules.py": text})
        found = call("lint_plugin.command", "check", cwd=tmp_path / "tree", path=installed)
        assert found.returncode == 2
        assert f"missing: ['{lacking}']" in found.stderr
