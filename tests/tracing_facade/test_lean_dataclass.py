"""Data classes that generate no code behave as those of the standard library that do."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from typing import Any

import pytest

from tracing_facade import lean_dataclass
from tracing_facade.registry import AttributeSpec


def _made_by(dataclass: Callable[..., Any]) -> Any:
    @dataclass(frozen=True, slots=True)
    class Point:
        """A place."""

        x: int
        y: int = 0
        label: str = field(default="", kw_only=True, repr=False)
        tags: list[str] = field(default_factory=list, kw_only=True)

        def __post_init__(self) -> None:
            object.__setattr__(self, "y", self.y + 1)

    return Point


Lean = _made_by(lean_dataclass.dataclass)
Usual = _made_by(dataclasses.dataclass)


def _outcome(act: Callable[[Any], Any], kind: Any) -> str:
    try:
        return repr(act(kind))
    except (TypeError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(
    "act",
    [
        lambda kind: kind(1),
        lambda kind: kind(1, 2, label="a", tags=["b"]),
        lambda kind: kind(y=1, x=2),
        lambda kind: kind(),
        lambda kind: kind(1, 2, 3),
        lambda kind: kind(1, x=2),
        lambda kind: kind(1, z=2),
        lambda kind: kind(1) == kind(1),
        lambda kind: kind(1) == kind(1, label="b"),
        lambda kind: kind(1) == (1, 1, "", []),
        lambda kind: hash(kind(1)),
        lambda kind: hash(kind(1, tags=())) == hash(kind(1, tags=())),
        lambda kind: setattr(kind(1), "x", 2),
        lambda kind: delattr(kind(1), "x"),
        lambda kind: dataclasses.replace(kind(1), x=5, label="c"),
        lambda kind: dataclasses.asdict(kind(1)),
        lambda kind: kind(1).tags is kind(1).tags,
        lambda kind: copy.deepcopy(kind(1, tags=["a"])),
        lambda kind: kind.__match_args__,
        lambda kind: kind.__slots__,
    ],
)
def test_the_same_use_has_the_same_outcome(act: Callable[[Any], Any]) -> None:
    """Values, comparisons, copies, and the words of errors."""
    assert _outcome(act, Lean) == _outcome(act, Usual)


def test_the_signature_shows_the_fields() -> None:
    """For help, editors and pages of reference."""
    assert str(inspect.signature(Lean)) == str(inspect.signature(Usual))


def test_instances_can_be_pickled() -> None:
    """A declaration may travel to another process."""
    made = AttributeSpec("order.items", int, values=(1, 2), brief="How many.")
    assert pickle.loads(pickle.dumps(made)) == made


def test_identity_counts_where_nothing_is_compared() -> None:
    """Spans are found by their declaration, whatever it says."""

    @lean_dataclass.dataclass(frozen=True, eq=False)
    class Named:
        name: str

    assert Named("a") != Named("a")
    assert Named.__hash__ is object.__hash__


def test_no_code_is_generated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is what they are for: neither the class nor its first instance compiles anything."""

    def refuse(text: str, *namespaces: Any) -> None:
        if "self" in text:  # since Python 3.13 there is a frame for methods, also for none
            raise AssertionError("code was generated")
        exec(text, *namespaces)

    monkeypatch.setitem(vars(dataclasses), "exec", refuse)
    assert _made_by(lean_dataclass.dataclass)(1).y == 1
    with pytest.raises(AssertionError, match="code was generated"):
        _made_by(dataclasses.dataclass)
