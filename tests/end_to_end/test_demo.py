"""The demonstration runs, and fails when it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from demo import received, server_part
from demo.processes import Background, DemonstrationFailed, run
from tests.support.repository import ROOT


@pytest.mark.slow
def test_the_demonstration_shows_everything_and_exits_with_0() -> None:
    """`make demo`: one connected trace, then a migration that keeps every span."""
    finished = subprocess.run(
        [sys.executable, "-m", "demo.run"], cwd=ROOT, capture_output=True, text=True, timeout=110, encoding="utf-8"
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    for shown in ("One connected trace of 21 spans", "no findings", "No difference", "Everything was as it should be"):
        assert shown in finished.stdout


def _span(name: str, span_id: str, parent: str, **others: object) -> dict[str, object]:
    told = {"name": name, "span_id": span_id, "parent_span_id": parent, "trace_id": "t", "service": "s"}
    return {**told, "kind": "INTERNAL", "status": "UNSET", "start_ns": int(span_id), **others}


@pytest.mark.parametrize(
    "spans",
    [
        pytest.param([_span("a", "1", "0"), _span("b", "2", "9")], id="not connected"),
        pytest.param([_span("a", "1", "0"), _span("b", "2", "1"), _span("b", "3", "1")], id="a span too many"),
        pytest.param([_span("a", "1", "0")], id="a span is missing"),
        pytest.param([_span("a", "1", "0"), _span("b", "2", "1", status="ERROR")], id="a span failed"),
        pytest.param([_span("a", "1", "0"), _span("b", "2", "1", trace_id="other")], id="two traces"),
        pytest.param([], id="nothing"),
    ],
)
def test_an_incomplete_trace_is_a_failure(spans: list[dict[str, object]]) -> None:
    """The demonstration does not pass by itself."""
    with pytest.raises(DemonstrationFailed):
        received.check_tree(spans, {"s: a": {"s: b": {}}})


def test_a_complete_trace_is_none() -> None:
    """Only what is asked for passes."""
    received.check_tree([_span("a", "1", "0"), _span("b", "2", "1")], {"s: a": {"s: b": {}}})


def test_a_process_that_dies_is_a_failure_with_what_it_printed(tmp_path: Path) -> None:
    """Nobody waits for it, and its last words are shown."""
    command = ["python", "-c", "raise SystemExit('no port is left')"]
    with Background(command, tmp_path / "log") as process, pytest.raises(DemonstrationFailed, match="no port is left"):
        process.wait_for("never")


def test_a_wrong_exit_code_is_a_failure() -> None:
    """A command that fails ends the demonstration."""
    with pytest.raises(DemonstrationFailed, match="ended with 3, not 0"):
        run(["python", "-c", "raise SystemExit(3)"])


def test_the_environment_of_a_server_is_read_as_a_shell_reads_it(tmp_path: Path) -> None:
    """`reference-server demo` writes it for people who source it."""
    file = tmp_path / "environment"
    file.write_text("export REFCTL_SERVER=http://x\nexport REFCTL_TOKEN='a b'\n")
    assert server_part.variables_of(file) == {"REFCTL_SERVER": "http://x", "REFCTL_TOKEN": "a b"}
