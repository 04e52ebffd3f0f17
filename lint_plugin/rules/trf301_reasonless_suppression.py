"""A suppression gives no reason.

Why:
    Whoever reads a suppression later must be able to tell whether it still holds. A few words after the code are
    enough.

Wrong:
    from opentelemetry import trace  # noqa: TRF101

Right:
    from opentelemetry import trace  # noqa: TRF101 - the vendor's plugin wants the tracer itself
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Place, Rule


def _check(module: Module) -> Iterator[Hit]:
    for one in module.suppressions:
        if one.is_comment and one.codes and not one.reason and any(one.hides(finding) for finding in module.findings):
            yield Hit(
                Place(one.line, one.column - 1),
                f"{', '.join(one.codes)} is suppressed without a reason: say in a few words why it is right here",
            )


RULE = Rule(
    code="TRF301",
    name="reasonless-suppression",
    check=_check,
    accepts=(
        "from opentelemetry import trace  # noqa: TRF101 the seal's own test\n",
        "import os  # noqa: F401\n",
    ),
    rejects=(
        "from opentelemetry import trace  # noqa: TRF101\n",
        "from opentelemetry import trace  # noqa: TRF101, F401 --\n",
    ),
    strict=True,
    about_suppressions=True,
)
