"""The command as people and CI run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SPANS = """\
from tracing_facade import AttributeSpec, SpanSpec, Stability

ITEMS = AttributeSpec("order.items", int, stability=Stability.STABLE, brief="How many < many.")
PLACE = SpanSpec("order.place", attributes=(ITEMS,), stability=Stability.STABLE, brief="Place | an order.")
PACK = SpanSpec("order.pack", slow_after=0.5)
SECRET = SpanSpec("order.secret", stability=Stability.INTERNAL)
"""
RENAMED = SPANS.replace('"order.items", int', '"order.count", int')
ALIASED = RENAMED.replace("int,", 'int, aliases=("order.items",), deprecated_version="1.5",')


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of version 1.5 with declarations and their golden file; the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1.5.0.dev0"\n')
    (tmp_path / "spans.py").write_text(SPANS)
    assert _spans("golden", "spans.py", "--output", "golden/spans.yaml").returncode == 0
    return tmp_path


def _spans(*words: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "NO_COLOR": "1"}
    command = [sys.executable, "-m", "lint_plugin.command", "spans", *words]
    return subprocess.run(command, capture_output=True, text=True, env=environ)


def _check(*words: str) -> subprocess.CompletedProcess[str]:
    return _spans("check", "spans.py", "--against", "golden/spans.yaml", *words)


def test_kept_promises_exit_with_zero(shop: Path) -> None:
    """And say so."""
    done = _check()
    assert (done.returncode, done.stdout) == (0, "no promise has changed\n")


def test_a_rename_fails_and_its_alias_passes(shop: Path) -> None:
    """The failure says what to write, and writing it is enough."""
    (shop / "spans.py").write_text(RENAMED)
    done = _check()
    assert done.returncode == 1
    assert done.stdout == (
        "spans.py:3:9: needs alias: attribute order.items (STABLE) seems to be order.count now, in order.place\n"
        "    why: whoever looks for order.items finds nothing any more\n"
        '    fix: add aliases=("order.items",), deprecated_version="1.5" to AttributeSpec("order.count"), which emits '
        "both names for 3 minor releases; or, if order.count is something else, keep order.items and deprecate it\n"
        "1 needs alias\n"
    )
    (shop / "spans.py").write_text(ALIASED)
    done = _check()
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "1 compatible")


def test_the_release_can_be_named(shop: Path) -> None:
    """Instead of the version of the project."""
    (shop / "spans.py").write_text(RENAMED)
    assert 'deprecated_version="1.7"' in _check("--release", "1.7").stdout


def test_json_is_for_programs(shop: Path) -> None:
    """One object, with the place of each change."""
    (shop / "spans.py").write_text(RENAMED)
    told = json.loads(_check("--format", "json").stdout)
    assert told["verdict"] == "needs alias"
    (change,) = told["changes"]
    assert change["place"] == {"path": "spans.py", "line": 3, "column": 9}
    assert (change["verdict"], change["spans"]) == ("needs alias", ["order.place"])


def test_github_shows_annotations(shop: Path) -> None:
    """Errors for what must be changed, escaped as the workflow commands want it."""
    (shop / "spans.py").write_text(RENAMED)
    (line,) = _check("--format", "github").stdout.splitlines()
    assert line.startswith(
        "::error file=spans.py,line=3,col=9,title=needs alias::attribute order.items (STABLE) seems to be order.count "
        "now, in order.place%0Awhy: whoever"
    )
    (shop / "spans.py").write_text(ALIASED)
    assert _check("--format", "github").stdout.startswith("::notice file=spans.py,")


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_what_cannot_be_read_fails(shop: Path, form: str) -> None:
    """Nothing can be said about promises that nobody can read."""
    (shop / "spans.py").write_text(SPANS + "X = SpanSpec('a' + str(1))\n")
    done = _check("--format", form)
    assert done.returncode == 1
    assert "`str(1)` is a call" in done.stdout + done.stderr


def test_the_golden_file_can_be_held_to_the_declarations(shop: Path) -> None:
    """With the difference, and the command that writes it anew."""
    assert _spans("golden", "spans.py", "--check", "golden/spans.yaml").returncode == 0
    (shop / "spans.py").write_text(ALIASED)
    done = _spans("golden", "spans.py", "--check", "golden/spans.yaml")
    assert done.returncode == 1
    assert "+  - key: order.count" in done.stdout
    assert "run `tracing-lint spans golden spans.py --output golden/spans.yaml`" in done.stdout


def test_every_span_is_listed(shop: Path) -> None:
    """With its level and its place."""
    lines = _spans("list", "spans.py").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["SPAN", "KIND", "STABILITY", "ATTRIBUTES", "EVENTS", "DECLARED", "AT"],
        ["order.pack", "INTERNAL", "ALPHA", "0", "0", "spans.py:5"],
        ["order.place", "INTERNAL", "STABLE", "1", "0", "spans.py:4"],
        ["order.secret", "INTERNAL", "INTERNAL", "0", "0", "spans.py:6"],
    ]
    listed = json.loads(_spans("list", "spans.py", "--format", "json").stdout)
    assert [(span["name"], span["constant"]) for span in listed] == [
        ("order.place", "PLACE"), ("order.pack", "PACK"), ("order.secret", "SECRET"),
    ]  # fmt: skip


def test_the_page_shows_all_that_is_not_internal(shop: Path) -> None:
    """As Markdown that is not taken for HTML or for a further column."""
    (shop / "spans.py").write_text(ALIASED)
    assert _spans("docs", "spans.py", "--title", "Spans of the shop", "--output", "docs/spans.md").returncode == 0
    page = (shop / "docs" / "spans.md").read_text()
    assert page == (
        "# Spans of the shop\n\n"
        "| span | kind | stability | logged when slower than | what it is |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| [`order.place`](#orderplace) | INTERNAL | STABLE |  | Place \\| an order. |\n"
        "| [`order.pack`](#orderpack) | INTERNAL | ALPHA | 0.5 s |  |\n\n"
        "## `order.place`\n\nPlace | an order.\n\n"
        "| attribute | type | requirement | stability | meaning |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| `order.count` | int | recommended | STABLE | (Formerly `order.items`, deprecated since 1.5 and emitted "
        "too up to 1.7.) How many &lt; many. |\n\n"
        "## `order.pack`\n"
    )


def test_a_folder_may_hold_several_programs(shop: Path) -> None:
    """What promises nothing may be declared in two of them, and at run time; a promise in one place only."""
    (shop / "other").mkdir()
    (shop / "other" / "spans.py").write_text(SPANS.replace("STABLE", "ALPHA") + "X = SpanSpec(str(1))\n")
    done = _spans("list", ".")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "other/spans.py:4:9: the span 'order.place' is declared at spans.py:4:9 already; keep one of them",
        "other/spans.py:7:14: `str(1)` is a call; declarations are read without running them, so write the value "
        "itself, or a constant of this file",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("list", "missing.py"), "'missing.py' does not exist; name files or folders"),
        (("check", "spans.py", "--against", "spans.toml"), "'spans.toml' is no golden file"),
        (
            ("check", "spans.py", "--against", "golden/spans.yaml", "--release", "next"),
            "--release: 'next' is not a ver",
        ),
        (("docs", "spans.py", "--output", "pyproject.toml/x"), "'pyproject.toml/x' cannot be written: "),
        (("check", "spans.py", "--against", "broken.py"), "the declarations of broken.py cannot be read:"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_wrong_call_exits_with_two(shop: Path, words: tuple[str, ...], message: str) -> None:
    """And says what to change."""
    (shop / "spans.toml").write_text("")
    (shop / "broken.py").write_text("def")
    done = _spans(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("tracing-lint spans: ")
    assert message.replace("'spans.toml' is", "spans.toml: is") in done.stderr


def test_a_file_of_declarations_can_be_compared_with_another_one(shop: Path) -> None:
    """Without a golden file and without git."""
    (shop / "new.py").write_text(RENAMED)
    assert _spans("check", "new.py", "--against", "spans.py").returncode == 1


def test_every_word_has_help_with_examples(shop: Path) -> None:
    """And the exit codes."""
    for words in ((), ("list",), ("docs",), ("golden",), ("check",), ("export",), ("import",)):
        done = _spans(*words, "--help")
        assert done.returncode == 0
        assert "examples:" in done.stdout
        assert "exit codes: 0" in done.stdout
