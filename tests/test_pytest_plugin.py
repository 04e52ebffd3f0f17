"""The pytest plugin, in runs of pytest of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "tuple[int, str]"]

SPANS = """\
from tracing_facade import AttributeSpec, EventSpec, SpanSpec

CHECK_OUT = SpanSpec("checkout", attributes=(AttributeSpec("order.items", int), AttributeSpec("order.coupon")))
PAY = SpanSpec("checkout.pay", events=(EventSpec("card.accepted"),))
"""
STRICT = """\
[tool.tracing-facade.policy]
declarations = ["shop_spans"]
undeclared-spans = "error"
undeclared-attributes = "error"
"""
START = "import pytest\nimport tracing_facade as tracing\nfrom shop_spans import CHECK_OUT, PAY\n\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that writes a test file and runs it; it returns the exit code and what was printed."""

    def _run(tests: str, *options: str, policy: str = STRICT) -> tuple[int, str]:
        (tmp_path / "shop_spans.py").write_text(SPANS)
        (tmp_path / "test_shop.py").write_text(START + tests)
        (tmp_path / "pyproject.toml").write_text(policy + "[tool.pytest.ini_options]\npythonpath = ['.']\n")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        finished = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100)
        return finished.returncode, finished.stdout + finished.stderr

    return _run


def test_the_fixture_checks_under_the_policy_of_the_project(run: Run) -> None:
    """Wrong spans are failures of the test that emits them, not errors of its teardown; others pass."""
    code, printed = run(
        """
def test_right(captured_spans):
    with tracing.start_span(CHECK_OUT, {"order.items": 1}):
        pass
    assert captured_spans.tree() == "checkout"

def test_undeclared(captured_spans):
    with tracing.start_span("other"):
        pass

def test_wrong_type(captured_spans):
    with tracing.start_span(CHECK_OUT, {"order.items": "1"}):
        pass

def test_never_ended(captured_spans):
    tracing.start_span(PAY)

def test_leaked(captured_spans):
    tracing.start_span(PAY).__enter__()

def test_nothing_is_left(captured_spans):
    assert not tracing.current_span().is_recording()

@pytest.mark.spans(check=False)
def test_unchecked(captured_spans):
    tracing.start_span("other")

def test_failed_by_itself(captured_spans):
    tracing.start_span(PAY)
    assert 1 == 2
"""
    )
    assert code == 1
    failed = re.findall(r"^FAILED test_shop.py::(\w+)", printed, re.MULTILINE)
    assert failed == ["test_undeclared", "test_wrong_type", "test_never_ended", "test_leaked", "test_failed_by_itself"]
    assert "5 failed, 3 passed" in printed
    assert "assert 1 == 2" in printed
    assert printed.count("the spans of this test have") >= 4
    assert "tracing_facade/testing" not in printed.partition("short test summary")[0]


def test_the_arguments_of_the_marker(run: Run) -> None:
    """Those of capture_spans; a policy there goes before the project's."""
    code, printed = run(
        """
from tracing_facade.policy import Policy
from tracing_facade.testing import FixedClock

@pytest.mark.spans(fixed_ids=True, clock=FixedClock(1_000), policy=Policy())
def test_it(captured_spans):
    with tracing.start_span("other"):
        pass
    assert captured_spans[0].start_ns == 1_000
""",
        "--strict-markers",
    )
    assert (code, "1 passed" in printed) == (0, True), printed


def test_two_outlines_are_compared_line_by_line(run: Run) -> None:
    """Without the indentation of the literal."""
    code, printed = run(
        '''
def test_it(captured_spans):
    with tracing.start_span(CHECK_OUT), tracing.start_span(PAY):
        pass
    assert captured_spans.tree() == """
        checkout
          checkout.pack
    """
'''
    )
    assert code == 1
    lines = [line.removeprefix("E").strip() for line in printed.splitlines() if line.startswith("E")]
    assert lines[-3:] == ["checkout", "-   checkout.pack", "+   checkout.pay"]


EMITTING = """
@pytest.mark.parametrize("number", range(4))
def test_some(captured_spans, number):
    with tracing.start_span(CHECK_OUT, {"order.items": number}):
        pass

def test_one(captured_spans):
    with tracing.start_span(PAY):
        pass
"""


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "workers"])
def test_declarations_that_no_test_emits(run: Run, options: tuple[str, ...]) -> None:
    """They are reported at the end, and fail the run when that is asked for."""
    code, printed = run(EMITTING, "--spans-coverage", "shop_spans", *options)
    assert code == 0
    assert "declared spans of shop_spans" in printed
    assert re.findall(r"never emitted  (.*)", printed) == [
        "checkout: attribute order.coupon",
        "checkout.pay: event card.accepted",
    ]
    assert "3 of 5 declared spans, attributes and events were emitted by a captured test" in printed


def test_a_run_that_must_emit_everything(run: Run) -> None:
    """The exit code says whether it did."""
    assert run(EMITTING, "--spans-coverage", "shop_spans", "--spans-coverage-fail")[0] == 1
    rest = """
def test_rest(captured_spans):
    with tracing.start_span(CHECK_OUT, {"order.coupon": "c"}), tracing.start_span(PAY) as span:
        span.add_event("card.accepted")
"""
    code, printed = run(EMITTING + rest, "--spans-coverage", "shop_spans", "--spans-coverage-fail")
    assert (code, "never emitted" in printed, "5 of 5" in printed) == (0, False, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--spans-coverage", "no_such_module"), "--spans-coverage: .*no_such_module cannot be imported"),
        (("--spans-coverage", "json"), "json declares no span"),
    ],
)
def test_modules_that_declare_nothing(run: Run, options: tuple[str, ...], said: str) -> None:
    """A wrong name is an error of the call."""
    code, printed = run(EMITTING, *options)
    assert code == 4
    assert re.search(said, printed, re.DOTALL)


def test_another_file_with_a_policy(run: Run, tmp_path: Path) -> None:
    """--spans-policy goes before the project's own; what is wrong with it is said with its line."""
    (tmp_path / "other.toml").write_text("[policy]\nundeclared-spans = 'never'\n")
    code, printed = run("def test_it(captured_spans): pass\n", "--spans-policy", "other.toml", policy="")
    assert code == 1
    assert "line 2, policy.undeclared-spans: 'never' is not allowed; use one of allow, warn, drop, error" in printed


def test_the_plugin_alone_does_not_load_the_facade() -> None:
    """Every run of pytest loads the plugin in every project that has this package in its environment."""
    program = (
        "import sys, pytest, tracing_facade_pytest\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'tracing_facade', 'opentelemetry', 'grpc', 'yaml'}, loaded\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
