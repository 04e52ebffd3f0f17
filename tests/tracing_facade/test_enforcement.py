"""Compiling a policy for this process."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tracing_facade._enforcement import build_enforcer
from tracing_facade.errors import ConfigurationError
from tracing_facade.policy import Policy

GOOD = 'from tracing_facade import SpanSpec\nWORK = SpanSpec("work")\n'
COMPUTED = 'from tracing_facade import SpanSpec\nWORK = SpanSpec("work" if len(__name__) else "rest")\n'


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that modules are imported from."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def problems(**settings: object) -> str:
    """Return what is wrong with a policy that cannot be compiled."""
    with pytest.raises(ConfigurationError) as caught:
        build_enforcer(Policy(**settings))  # type: ignore[arg-type]
    return str(caught.value)


def test_the_spans_of_a_module_are_declared(module: Path) -> None:
    """All that it binds to a name."""
    (module / "good_declarations.py").write_text(GOOD)
    enforcer = build_enforcer(Policy(declarations=("good_declarations",)))
    assert enforcer.is_declared("work")
    assert not enforcer.is_declared("rest")


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("missing_declarations", None, "missing_declarations cannot be imported: ModuleNotFoundError"),
        ("failing_declarations", "1 / 0\n", "failing_declarations cannot be imported: ZeroDivisionError"),
        ("empty_declarations", "x = 1\n", "empty_declarations declares no span; bind each SpanSpec to a name"),
        ("computed_declarations", COMPUTED, "computed_declarations cannot be read without running it: "),
    ],
)
def test_declarations_that_cannot_be_used(module: Path, name: str, source: str | None, said: str) -> None:
    """Each with the field path and the reason; what the linter cannot read, the run time refuses too."""
    if source is not None:
        (module / f"{name}.py").write_text(source)
    assert f"policy.declarations[0]: {said}" in problems(declarations=(name,))


@pytest.mark.parametrize(("content", "said"), [(None, "cannot be read"), ("", "is empty"), (b"\xff", "cannot be read")])
def test_hash_keys_that_cannot_be_used(tmp_path: Path, content: str | bytes | None, said: str) -> None:
    """A missing key would silently make hashes that nobody can compare."""
    file = tmp_path / "key"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert said in problems(hash_key_file=str(file))


def test_findings_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Once, with what to do."""
    enforcer = build_enforcer(Policy(undeclared_spans="warn"))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            enforcer.shared.report("warn", ("span", "x"), "the span 'x' is not declared")
    assert [record.getMessage() for record in caplog.records] == [
        "the span 'x' is not declared (said once; the metrics count the rest)"
    ]
