"""``tracing-lint policy check``: every problem with its place, and nothing started to find it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lint_plugin.command import main

OURS = "apiVersion: tracing-facade/v1\nkind: TracingConfiguration\n"
KUBERNETES = "apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\n"
SPANS = "from tracing_facade import SpanSpec\nPAY = SpanSpec('order.pay', aliases=('pay',), deprecated_version='1.0')\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with a module of declarations."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('nobody may run this')\n")
    (package / "spans.py").write_text(SPANS)
    return tmp_path


def _check(text: str, *options: str, name: str = "tracing.yaml") -> int:
    Path(name).write_text(text)
    return main(["policy", "check", name, *options])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tracing.yaml", ""),
        ("tracing.yaml", KUBERNETES + "endpoint: localhost:4317\nsamplingRatePerMillion: 5\n"),
        ("tracing.yaml", OURS + "policy: {declarations: [shop.spans], undeclaredSpans: error, disabledSpans: [pay]}\n"),
        ("tracing.json", '{"apiVersion": "tracing-facade/v1", "kind": "TracingConfiguration", "policy": {}}'),
        ("pyproject.toml", "[tool.tracing-facade.policy]\ndeclarations = ['shop.spans']\ndisabled-spans=['pay']\n"),
        ("rules.toml", "[policy]\nundeclared-spans = 'warn'\n"),
    ],
    ids=["empty", "Kubernetes", "ours", "JSON", "project", "TOML"],
)
def test_files_that_are_in_order(name: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is 0; declarations are read and not run."""
    assert _check(text, name=name) == 0
    assert capsys.readouterr().out == f"{name}: no problems\n"


def test_every_problem_of_a_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the policy and of the rest, in the order of the lines."""
    text = OURS + (
        "endpoint: ftp://collector\n"
        "policy:\n"
        "  undeclaredSpans: never\n"
        "  spansPerSecond:\n"
        "    order.place: -1\n"
        "  sampling:\n"
        "    - routes: [/healthz]\n"
        "  disabledSpan: [a]\n"
    )
    assert _check(text) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(": ")[0] + " " + line.split(": ")[1] for line in lines[:-1]] == [
        "tracing.yaml:3 endpoint",
        "tracing.yaml:5 policy.undeclaredSpans",
        "tracing.yaml:7 policy.spansPerSecond[order.place]",
        "tracing.yaml:9 policy.sampling[0]",
        "tracing.yaml:10 policy.disabledSpan",
    ]
    assert "did you mean disabledSpans?" in lines[4]
    assert lines[-1] == "tracing.yaml: 5 problems"


def test_a_file_that_would_only_turn_tracing_off_is_wrong_too(capsys: pytest.CaptureFixture[str]) -> None:
    """``onInvalid: disable`` is for production; who checks wants to know."""
    assert _check(OURS + "onInvalid: disable\nqueueSize: 0\n") == 1
    assert "tracing.yaml:4: queueSize" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text"), [("tracing.yaml", "a: [\n"), ("pyproject.toml", "[tool\n"), ("a.toml", "[project]\n")]
)
def test_files_that_say_nothing(name: str, text: str) -> None:
    """They are problems, not crashes."""
    assert _check(text, name=name) == 1


POLICY = "[tool.tracing-facade.policy]\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            POLICY + "declarations = ['shop.spam']\n",
            "pyproject.toml:2: tool.tracing-facade.policy.declarations[0]: there is no module shop.spam",
        ),
        (
            POLICY + "declarations = ['shop.spans']\ndisabled-spans = ['order.pya']\n",
            "pyproject.toml:3: tool.tracing-facade.policy.disabled-spans[0]: 'order.pya' is no declared span; did you",
        ),
        (
            POLICY + "undeclared-spans = 'error'\n",
            "pyproject.toml:2: tool.tracing-facade.policy.undeclared-spans: is 'error' and nothing is declared",
        ),
        (
            POLICY + "[[tool.tracing-facade.policy.sampling]]\nper-second = 1\n"
            "[[tool.tracing-facade.policy.sampling]]\nroutes = ['/a']\nper-second = 1\n",
            "pyproject.toml:4: tool.tracing-facade.policy.sampling[1]: is never reached",
        ),
    ],
    ids=["module", "span", "level", "rule"],
)
def test_what_a_policy_refers_to(text: str, expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Modules and spans must exist, rules must be reached."""
    assert _check(text, name="pyproject.toml") == 1
    assert capsys.readouterr().out.startswith(expected)


def test_declarations_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Their own file and line."""
    Path("shop/spans.py").write_text(SPANS + "\nNAME = input()\nBUY = SpanSpec(NAME)\n")
    assert _check(POLICY + "declarations = ['shop.spans']\n", name="pyproject.toml") == 1
    assert capsys.readouterr().out.startswith("shop/spans.py:4: ")


def test_declarations_of_the_program_itself() -> None:
    """A server adds its own to those of an operator's file."""
    text = OURS + "policy: {undeclaredSpans: error, disabledSpans: [order.pay]}\n"
    assert _check(text) == 1
    assert _check(text, "--declarations", "shop.spans") == 0


def test_problems_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON with file, line, field and message of each."""
    assert _check(OURS + "policy:\n  release: 1\n", "--format", "json") == 1
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert found["file"] == "tracing.yaml"
    (problem,) = found["problems"]
    assert (problem["file"], problem["line"], problem["field"]) == ("tracing.yaml", 4, "policy.release")
    assert "put the version in quotes" in problem["message"]
    assert _check("", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["problems"] == []


def test_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there has the exit code 2."""
    assert main(["policy", "check", "none.yaml"]) == 2
    assert "'none.yaml' is no file" in capsys.readouterr().err


def test_lint_settings_and_a_policy_share_a_table() -> None:
    """Neither takes the other's keys for mistakes."""
    text = "[tool.tracing-facade]\nstrict = true\n[tool.tracing-facade.policy]\nundeclared-spans = 'warn'\n"
    assert _check(text, name="pyproject.toml") == 0
    assert main(["check", "shop"]) == 0


def test_the_secrets_of_a_file_stay_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    """Messages are for logs of CI."""
    text = OURS + "headers: {authorization: 'Bearer s3cr3t\\u0001'}\npolicy: {hashKey: 5}\nqueueSize: x\n"
    assert _check(text) == 1
    assert "s3cr3t" not in capsys.readouterr().out


def test_nothing_of_the_linter_is_needed_at_run_time() -> None:
    """The command loads no OpenTelemetry."""
    Path("pyproject.toml").write_text(POLICY)
    program = (
        "import sys; from lint_plugin.command import main; assert main(['policy', 'check', 'pyproject.toml']) == 0\n"
        "assert not {'opentelemetry', 'grpc', 'libcst'} & {name.partition('.')[0] for name in sys.modules}\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
