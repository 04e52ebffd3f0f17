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
        if not one.codes or (one.is_comment and one.reason):
            continue
        if any(one.hides(finding) for finding in module.findings):
            codes = ", ".join(one.codes)
            problem = "without a reason" if one.is_comment else "by a string, which gives no reason"
            message = f"{codes} is suppressed {problem}: say in a comment, in a few words, why it is right here"
            yield Hit(Place(one.line, one.column - 1), message)


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
        "import opentelemetry; x = '# noqa: TRF101 no comment'\n",
    ),
    strict=True,
    about_suppressions=True,
)
