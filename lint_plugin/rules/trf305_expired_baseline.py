"""The baseline has an entry whose day has passed.

Why:
    A finding was accepted until a day, by somebody. On the day after, it is an error again, so that the agreement is
    kept or made anew by the owner, in a change that others see.

Wrong:
    [[finding]]
    path = "app/legacy.py"
    code = "TRF101"
    line = 3
    text = "from opentelemetry import trace"
    reason = "goes with the old plugin"
    owner = "payments"
    expires = 2020-01-31

Right:
    import tracing_facade as tracing  # in app/legacy.py, and no entry
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    # The command finds these, since they concern all files together (`lint_plugin.baseline`).
    return iter(())


_FILES = """\
# setting: baseline = 'known.toml'
# file: known.toml
[[finding]]
path = 'module.py'
code = 'TRF101'
line = 1
text = 'import opentelemetry'
expires = %s
# file: module.py
import opentelemetry
"""

RULE = Rule(
    code="TRF305",
    name="expired-baseline",
    check=_check,
    accepts=(_FILES % "9999-12-31",),
    rejects=(_FILES % "2020-01-31",),
)
