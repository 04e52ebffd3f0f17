"""What is decided about one use of OpenTelemetry: it is migrated, or left for a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lint_plugin.codemod.plan import Plan


class Refusal(NamedTuple):
    """Why a use is left to a person.

    Args:
        reason: in words.
        silent: whether it needs no entry in the list, because another one says it.
    """

    reason: str
    silent: bool = False


class Rewrite(NamedTuple):
    """A use that can be migrated.

    Args:
        apply: puts its edits into the plan.
        note: what a person should know nevertheless; empty when nothing.
    """

    apply: Callable[[Plan], None]
    note: str = ""


Verdict = Refusal | Rewrite
