"""Levels by module: warn first, then error, part by part of a program."""

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace

import tracing_facade as tracing
from tracing_facade import selfmetrics
from tracing_facade._engine import engine
from tracing_facade.policy import LevelRule, Policy, load_policy
from tracing_facade.policy.levels import calling_module, is_below, span_levels
from tracing_facade.policy.references import idle_parts
from tracing_facade.policy.validation import validate_policy
from tracing_facade.testing import capture_spans

RULES = (
    LevelRule(modules=("shop",), undeclared_spans="error", undeclared_attributes="error"),
    LevelRule(modules=("shop.legacy", "billing"), undeclared_spans="warn"),
    LevelRule(modules=("shop.legacy.kept",), undeclared_spans="allow"),
)
CODE = """
import tracing_facade as tracing

def start(name):
    with tracing.start_span(name):
        pass

@tracing.traced("by.decorator")
def decorated():
    pass

def instrument(tracer, name):
    with tracer.start_as_current_span(name):
        pass
"""


def module(name: str) -> Any:
    """Return a module of that name that starts spans."""
    made = types.ModuleType(name)
    exec(compile(CODE, f"{name.replace('.', '/')}.py", "exec"), vars(made))
    return made


@pytest.mark.parametrize(
    ("name", "level"),
    [("shop", "error"), ("shop.orders", "error"), ("shopping", "allow"), ("shop.legacy", "warn"),
     ("billing.tax", "warn"), ("shop.legacy.kept.one", "allow"), ("", "allow")],
)  # fmt: skip
def test_the_last_rule_that_matches_counts(name: str, level: str) -> None:
    """A prefix is whole names; where no rule matches, the policy's own level holds."""
    assert span_levels(Policy(levels=RULES)).level_of(name) == level


def test_a_rule_that_says_nothing_about_spans_leaves_them_alone() -> None:
    """Spans and attributes go their ways independently."""
    rules = (
        LevelRule(modules=("a",), undeclared_spans="drop"),
        LevelRule(modules=("a",), undeclared_attributes="warn"),
    )
    assert span_levels(Policy(levels=rules)).level_of("a") == "drop"


@pytest.fixture(params=(engine.PYTHON, engine.NATIVE) if engine.loaded() else (engine.PYTHON,))
def every_engine(request: pytest.FixtureRequest) -> Any:
    """Run with each engine that this process has."""
    with engine.forced(request.param):
        yield


@pytest.mark.usefixtures("every_engine")
def test_each_part_of_a_program_has_its_level() -> None:
    """One name, started in three places."""
    policy = Policy(levels=RULES)
    with capture_spans(policy=policy, check=False) as captured:
        module("shop.orders").start("made.up")
        module("shop.legacy.cart").start("old.one")
        module("elsewhere").start("free")
    assert [span.name for span in captured] == ["old.one", "free"]
    assert captured.findings == ["the span 'made.up' is not declared; declare it in one of policy.declarations"]


@pytest.mark.usefixtures("every_engine")
@pytest.mark.parametrize("home", ["shop.orders", "elsewhere"])
def test_decorated_functions_are_of_the_module_that_defines_them(home: str) -> None:
    """Whoever calls them."""
    decorated: Callable[[], None] = module(home).decorated
    with capture_spans(policy=Policy(levels=RULES), check=False) as captured:
        decorated()
    assert len(captured) == (0 if home == "shop.orders" else 1)


@pytest.mark.usefixtures("every_engine")
def test_third_party_instrumentation_has_its_module_too() -> None:
    """It is the code that asks OpenTelemetry for a span."""
    rules = (LevelRule(modules=("opentelemetry.instrumentation.wild",), undeclared_spans="drop"),)
    before = selfmetrics.snapshot().by_reason("spans_refused").get("undeclared", 0)
    with tracing.configure(tracing.TracingConfiguration(exporter="none"), policy=Policy(levels=rules)):
        tracer = trace.get_tracer("any")
        module("opentelemetry.instrumentation.wild").instrument(tracer, "one")
        module("opentelemetry.instrumentation.tame").instrument(tracer, "two")
    assert selfmetrics.snapshot().by_reason("spans_refused").get("undeclared", 0) == before + 1


SPANS = """
from tracing_facade import SpanSpec

{constant} = SpanSpec("{name}")
"""


def test_attributes_go_by_the_module_that_declares_their_span(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old part of a program may set what it likes for a while."""
    for package, name in (("level_new", "new.work"), ("level_old", "old.work")):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "spans.py").write_text(SPANS.format(constant="WORK", name=name))
    monkeypatch.syspath_prepend(str(tmp_path))
    policy = Policy(
        declarations=("level_new.spans", "level_old.spans"),
        undeclared_attributes="error",
        levels=(LevelRule(modules=("level_old",), undeclared_attributes="allow"),),
    )
    with capture_spans(policy=policy, check=False) as captured:
        for name in ("new.work", "old.work"):
            with tracing.start_span(name, {"made.up": 1}):
                pass
    assert captured.findings == ["new.work: the attribute 'made.up' is not declared; declare it or leave it out"]


def test_the_calling_module_is_ours_for_nobody() -> None:
    """What is asked for is whose code started a span."""
    assert calling_module() == __name__


@pytest.mark.parametrize(
    ("name", "expected"), [("a.b", True), ("a.b.c", True), ("a.bc", False), ("a", False), ("", False)]
)
def test_prefixes_are_whole_names(name: str, expected: bool) -> None:
    """``shop`` is not the beginning of ``shopping``."""
    assert is_below(name, ("a.b",)) is expected


def test_rules_in_a_file(tmp_path: Path) -> None:
    """An array of tables, as sampling rules are."""
    file = tmp_path / "tracing-facade.toml"
    file.write_text("[[policy.levels]]\nmodules = ['shop.legacy']\nundeclared-spans = 'warn'\n")
    assert load_policy(file).levels == (LevelRule(modules=("shop.legacy",), undeclared_spans="warn"),)


@pytest.mark.parametrize(
    ("rule", "path", "part"),
    [
        (LevelRule(modules=("a",)), "policy.levels[0]", "says nothing"),
        (LevelRule(modules=("a/b",), undeclared_spans="warn"), "policy.levels[0].modules[0]", "dotted module name"),
        (LevelRule(modules=("a",), undeclared_spans="wran"), "policy.levels[0].undeclared_spans", "did you mean warn"),  # type: ignore[arg-type]  # wrong on purpose
        ("shop", "policy.levels[0]", "is not a rule about levels"),
    ],
)
def test_wrong_rules_are_told(rule: Any, path: str, part: str) -> None:
    """With their field path and what is allowed."""
    (problem,) = validate_policy(Policy(levels=(rule,)))
    assert (problem.path, part in problem.message) == (path, True)


def test_rules_that_are_overridden_are_told() -> None:
    """A rule for everything, written last, undoes those before it."""
    policy = Policy(levels=(RULES[0], LevelRule(undeclared_spans="warn")))
    assert [problem.path for problem in idle_parts(policy, None)] == ["policy.levels[1]"]
    assert list(idle_parts(Policy(levels=(LevelRule(undeclared_spans="warn"), RULES[0])), None)) == []
