"""`tracing-lint spans check` on a git history of twenty constructed changes gives the twenty expected verdicts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

FIRST = """\
from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability

ITEMS = AttributeSpec("order.items", int, stability=Stability.STABLE)
TOTAL = AttributeSpec("order.total", float, stability=Stability.STABLE)
STATE = AttributeSpec("order.state", values=("new", "paid"), stability=Stability.STABLE)
NOTE = AttributeSpec("order.note")
PAID = EventSpec("order.paid", stability=Stability.STABLE)

PLACE = SpanSpec(
    "order.place",
    kind=SpanKind.INTERNAL,
    attributes=(ITEMS, TOTAL, STATE, NOTE),
    events=(PAID,),
    stability=Stability.STABLE,
)
SHIP = SpanSpec("order.ship", attributes=(ITEMS,), stability=Stability.BETA)
"""


class Step(NamedTuple):
    """One commit: what it changes in the file, the release it belongs to, and the verdict."""

    told: str
    old: str
    new: str
    release: str
    verdict: str


STEPS = (
    Step("reword", '"order.note")', '"order.note", brief="Free text.")', "1.0", "compatible"),
    Step("drop an ALPHA attribute", ", STATE, NOTE)", ", STATE)", "1.0", "compatible"),
    Step("add an ALPHA span", "SHIP =", 'PACK = SpanSpec("order.pack")\nSHIP =', "1.0", "compatible"),
    Step("rename an attribute", '"order.total", float', '"order.sum", float', "1.1", "needs alias"),
    Step(
        "add its alias", '"order.sum", float',
        '"order.sum", float, aliases=("order.total",), deprecated_version="1.1"', "1.1", "compatible",
    ),
    Step("add a BETA attribute", "PLACE =", 'USER = AttributeSpec("user.tier", stability=Stability.BETA)\nPLACE =',
         "1.1", "compatible"),
    Step("use it", "STATE),\n", "STATE, USER),\n", "1.1", "compatible"),
    Step("drop it", ", USER)", ")", "1.2", "breaking"),
    Step("add a value", '("new", "paid")', '("new", "paid", "sent")', "1.2", "compatible"),
    Step("drop a value", '("new", "paid", "sent")', '("paid", "sent")', "1.2", "breaking"),
    Step("change a type", '"order.items", int', '"order.items", str', "1.2", "breaking"),
    Step("change the kind", "kind=SpanKind.INTERNAL", "kind=SpanKind.SERVER", "1.2", "breaking"),
    Step("drop the alias too early", 'aliases=("order.total",), deprecated_version="1.1", ', "", "1.3", "breaking"),
    Step("drop the alias in time", 'aliases=("order.total",), deprecated_version="1.1", ', "", "1.4", "compatible"),
    Step("rename an event", '"order.paid"', '"order.settled"', "1.4", "needs alias"),
    Step("rename a BETA span", '"order.ship"', '"order.send"', "1.4", "needs alias"),
    Step("deprecate the BETA span", "(ITEMS,), stability", '(ITEMS,), deprecated_version="1.4", stability', "1.4",
         "compatible"),
    Step("remove it in its release", 'SHIP = SpanSpec("order.ship", attributes=(ITEMS,), deprecated_version="1.4", '
         "stability=Stability.BETA)\n", "", "1.4", "breaking"),
    Step("remove it after its release", 'SHIP = SpanSpec("order.ship", attributes=(ITEMS,), deprecated_version="1.4", '
         "stability=Stability.BETA)\n", "", "1.5", "compatible"),
    Step("make the span BETA", "    events=(PAID,),\n    stability=Stability.STABLE",
         "    events=(PAID,),\n    stability=Stability.BETA", "1.5", "breaking"),
)  # fmt: skip


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """An empty repository, in which the current folder is."""
    monkeypatch.chdir(tmp_path)
    identity = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environ = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull}

    def run(*words: str) -> None:
        subprocess.run(["git", *words], check=True, capture_output=True, env=environ)

    run("init", "-q")
    return run


def _check(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lint_plugin.command", "spans", "check", "shop/spans.py", *words]
    return subprocess.run(command, capture_output=True, text=True)


def test_twenty_changes_have_their_verdicts(git: Callable[..., None]) -> None:
    """Each against the commit before it; what breaks a promise is not merged, so the next begins where this one did."""
    file = Path("shop/spans.py")
    file.parent.mkdir()
    file.write_text(FIRST)
    git("add", ".")
    git("commit", "-qm", "first")
    verdicts = []
    for step in STEPS:
        before = file.read_text()
        assert before.count(step.old) == 1, step
        file.write_text(before.replace(step.old, step.new))
        done = _check("--against", "HEAD", "--release", step.release, "--format", "json")
        verdict = json.loads(done.stdout)["verdict"]
        verdicts.append((step.told, verdict))
        assert done.returncode == (0 if verdict == "compatible" else 1)
        if step.verdict == "compatible":
            git("commit", "-qam", step.told)
        elif not (step.verdict == "needs alias" and step.told == "rename an attribute"):
            file.write_text(before)
    assert len(verdicts) == 20
    assert verdicts == [(step.told, step.verdict) for step in STEPS]


def test_any_revision_can_be_named(git: Callable[..., None]) -> None:
    """A tag, a branch or a commit; a file that was not there yet promised nothing."""
    file = Path("shop/spans.py")
    file.parent.mkdir()
    (file.parent / "README").write_text("")
    git("add", ".")
    git("commit", "-qm", "without spans")
    git("tag", "v0")
    file.write_text(FIRST)
    git("add", ".")
    git("commit", "-qm", "with spans")
    file.write_text(FIRST.replace("order.items", "order.count"))
    for revision, code in (("v0", 0), ("HEAD~1", 0), ("HEAD", 1)):
        assert _check("--against", revision).returncode == code, revision


def test_constants_are_read_from_the_same_revision(git: Callable[..., None]) -> None:
    """A name that another file defines is what it was then."""
    Path("shop").mkdir()
    Path("shop/__init__.py").write_text("")
    Path("shop/names.py").write_text('NAME = "order.place"\n')
    Path("shop/spans.py").write_text(
        "from shop.names import NAME\nfrom tracing_facade import SpanSpec, Stability\n"
        "PLACE = SpanSpec(NAME, stability=Stability.STABLE)\n"
    )
    git("add", ".")
    git("commit", "-qm", "first")
    Path("shop/names.py").write_text('NAME = "order.create"\n')
    assert "span order.place (STABLE) seems to be order.create now" in _check("--against", "HEAD").stdout


def test_a_folder_is_searched_in_both_states(git: Callable[..., None]) -> None:
    """A promise in a file that is gone is a promise."""
    for name in ("one", "two"):
        Path(f"{name}.py").write_text(FIRST.replace('"order.', f'"{name}.'))
    git("add", ".")
    git("commit", "-qm", "first")
    Path("two.py").unlink()
    command = [sys.executable, "-m", "lint_plugin.command", "spans", "check", ".", "--against", "HEAD"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "breaking: span two.place (STABLE) is gone" in done.stdout


@pytest.mark.parametrize("revision", ["no-such-tag", "--output=x", "HEAD:shop"])
def test_what_is_no_revision_is_a_wrong_call(git: Callable[..., None], revision: str) -> None:
    """Nor is it an option of git."""
    Path("shop").mkdir()
    Path("shop/spans.py").write_text(FIRST)
    git("add", ".")
    git("commit", "-qm", "first")
    done = _check(f"--against={revision}")
    assert done.returncode == 2
    assert f"tracing-lint spans: {revision!r} is neither a file nor a revision" in done.stderr


def test_without_a_repository_a_golden_file_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git's own words are told too."""
    monkeypatch.chdir(tmp_path)
    Path("shop").mkdir()
    Path("shop/spans.py").write_text(FIRST)
    done = _check("--against", "v1")
    assert done.returncode == 2
    assert done.stderr.startswith("tracing-lint spans: git rev-parse says: ")
