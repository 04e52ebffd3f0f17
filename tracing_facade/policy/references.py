"""Finds what a policy says for nothing: names that nobody declares, rules that are never reached."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator

from tracing_facade.errors import Problem
from tracing_facade.policy.settings import Policy


def idle_parts(policy: Policy, declared: Collection[str] | None) -> Iterator[Problem]:
    """Yield what has no effect, or another one than it seems; paths begin with ``policy``.

    Args:
        policy: is valid.
        declared: the names of all declared spans, former ones too; None when they are not known.
    """
    yield from _unreached_rules(policy)
    yield from _overridden_levels(policy)
    if declared is None:
        return
    if not declared:
        yield from _levels_for_nothing(policy)
        return
    for index, name in enumerate(policy.disabled_spans):
        yield from _unknown(f"policy.disabled_spans[{index}]", name, declared)
    if policy.undeclared_spans in ("drop", "error"):
        for name in policy.spans_per_second:
            yield from _unknown(f"policy.spans_per_second[{name}]", name, declared)


def _unreached_rules(policy: Policy) -> Iterator[Problem]:
    for index, rule in enumerate(policy.sampling[:-1]):
        if not (rule.spans or rule.routes or rule.groups):
            yield Problem(
                f"policy.sampling[{index + 1}]",
                f"is never reached, because rule {index} has no condition and the first match decides; put that last",
            )
            return


def _overridden_levels(policy: Policy) -> Iterator[Problem]:
    for index, rule in enumerate(policy.levels):
        if index and not rule.modules:
            yield Problem(
                f"policy.levels[{index}]",
                "is for all modules, and the last rule that matches counts, so that those before it have no effect; "
                "put it first, or name its modules",
            )


def _levels_for_nothing(policy: Policy) -> Iterator[Problem]:
    if policy.undeclared_spans in ("drop", "error"):
        yield Problem(
            "policy.undeclared_spans",
            f"is {policy.undeclared_spans!r} and nothing is declared, so that no span is recorded at all; name the "
            "modules in policy.declarations",
        )
    if policy.undeclared_attributes != "allow":
        yield Problem(
            "policy.undeclared_attributes",
            f"is {policy.undeclared_attributes!r} and nothing is declared to hold attributes against; name the modules "
            "in policy.declarations",
        )
    if policy.disabled_spans:
        yield Problem("policy.disabled_spans", "names spans, and none is declared")


def _unknown(path: str, name: str, declared: Collection[str]) -> Iterator[Problem]:
    if name not in declared:
        close = difflib.get_close_matches(name, declared, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "see `tracing-lint spans list`"
        yield Problem(path, f"{name!r} is no declared span; {hint}")
