"""A short run of the fuzzer, and the proof that it would notice."""

from __future__ import annotations

import pytest

from tests.lint_plugin.fuzzing import trial
from tests.lint_plugin.fuzzing.__main__ import run
from tests.lint_plugin.fuzzing.inputs import Input
from tests.lint_plugin.fuzzing.trial import Fault, tried

_INPUT = Input("module.py", b"import opentelemetry\n")


def test_a_short_run_finds_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """The long one is a command."""
    monkeypatch.chdir(str(tmp_path))
    assert run(4, seed=20) == []


def _fault(monkeypatch: pytest.MonkeyPatch, source: str) -> Fault | None:
    def check(*given: object) -> list[object]:
        exec(compile(source, "checked.py", "exec"))
        return []

    monkeypatch.setattr(trial, "check_bytes", check)
    return tried(_INPUT)


def test_code_that_is_run_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that runs what it checks."""
    fault = _fault(monkeypatch, "x = 1")
    assert fault is not None
    assert (fault.what, fault.detail) == ("ran", "code of checked.py was run")


def test_a_crash_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that fails."""

    def check(*given: object) -> list[object]:
        raise KeyError("x")

    monkeypatch.setattr(trial, "check_bytes", check)
    fault = tried(_INPUT)
    assert fault is not None
    assert fault.what == "crash"


def test_an_endless_loop_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that does not come back."""

    def check(*given: object) -> list[object]:
        while True:
            pass

    monkeypatch.setattr(trial, "check_bytes", check)
    monkeypatch.setattr(trial, "SECONDS_PER_100_KB", 0.02)
    fault = tried(_INPUT)
    assert fault is not None
    assert fault.what == "slow"


def test_a_file_that_is_written_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that changes something."""

    def check(*given: object) -> list[object]:
        open("written", "w").close()
        return []

    monkeypatch.setattr(trial, "check_bytes", check)
    fault = tried(_INPUT)
    assert fault is not None
    assert fault.what == "ran"


_SEALED = "from opentelemetry import trace\n"
_LONG_WORK = {
    "many spans in one function": "import tracing_facade\ndef f():\n"
    + "".join(f"    s{number} = tracing_facade.start_span('x')\n" for number in range(2_000)),
    "many methods of what an object keeps": _SEALED
    + "class A:\n    def __init__(self, t):\n        self.t = t\n    def f(self):\n"
    + "        self.t.start_span('x')\n" * 3_000,
    "a loop that reads settings": _SEALED
    + "import importlib, yaml\nfor _ in range(1_000):\n    x = yaml.safe_load('''"
    + "- {a: b, c: [1, 2]}\n" * 400
    + "''')\n    importlib.import_module(x[0]['a'])\n",
}


@pytest.mark.parametrize("text", _LONG_WORK.values(), ids=_LONG_WORK)
def test_no_input_takes_long_for_its_size(text: str) -> None:
    """What is done for each place must not grow with the number of places, nor reading with the rounds of a loop."""
    assert tried(Input("module.py", text.encode())) is None
