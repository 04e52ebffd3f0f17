"""A suppression of one of our codes suppresses nothing.

Why:
    The code has changed and the comment has stayed: it would hide the next finding that comes here.

Wrong:
    import tracing_facade  # noqa: TRF101 - the vendor's plugin wants the tracer itself

Right:
    import tracing_facade
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint_plugin.rule import Finding, Hit, Module, Place, Rule

if TYPE_CHECKING:
    from lint_plugin.suppressions import Suppression


def _check(module: Module) -> Iterator[Hit]:
    for one in module.suppressions:
        ours = [code for code in one.codes if code.startswith("TRF") and one.is_comment]
        unused = [code for code in ours if not any(_hides(one, code, finding) for finding in module.findings)]
        if unused:
            yield Hit(
                Place(one.line, one.column - 1), f"{', '.join(unused)} is suppressed here, but not found: remove it"
            )


def _hides(one: Suppression, code: str, finding: Finding) -> bool:
    return one.hides(finding) and finding.code.startswith(code)


RULE = Rule(
    code="TRF303",
    name="unused-suppression",
    check=_check,
    accepts=(
        "from opentelemetry import trace  # noqa: TRF101 the seal's own test\n",
        "import os  # noqa: F401\n",
        "example = 'import os  # noqa: TRF101'\n",
    ),
    rejects=(
        "import os  # noqa: TRF101 the seal's own test\n",
        "import opentelemetry  # noqa: TRF101, TRF102 the seal's own test\n",
    ),
    strict=True,
    about_suppressions=True,
)
