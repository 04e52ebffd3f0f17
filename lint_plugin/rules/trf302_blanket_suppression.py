"""A suppression hides a finding without naming its code.

Why:
    `noqa` without a code, and `flake8: noqa` for a whole file, hide what their author never saw: the next finding in
    that line or file is hidden too.

Wrong:
    from opentelemetry import trace  # noqa

Right:
    from opentelemetry import trace  # noqa: TRF101 - the vendor's plugin wants the tracer itself
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Place, Rule


def _check(module: Module) -> Iterator[Hit]:
    for one in module.suppressions:
        hidden = sorted({finding.code for finding in module.findings if one.hides(finding)})
        if hidden and not one.codes:
            yield Hit(
                Place(one.line, one.column - 1),
                f"everything is suppressed here, which hides {', '.join(hidden)}: name the code and the reason",
            )


RULE = Rule(
    code="TRF302",
    name="blanket-suppression",
    check=_check,
    accepts=(
        "import os  # noqa\n",
        "from opentelemetry import trace  # noqa: TRF101 the seal's own test\n",
    ),
    rejects=(
        "import opentelemetry  # noqa\n",
        "# flake8: noqa\nimport opentelemetry\n",
    ),
    strict=True,
    about_suppressions=True,
)
