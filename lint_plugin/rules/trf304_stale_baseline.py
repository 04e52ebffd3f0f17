"""The baseline has an entry for a finding that is no longer there.

Why:
    The baseline may only shrink. An entry that stays after its finding has gone would let the same thing come back.
    Entries of files that were not checked in this run are left alone.

Wrong:
    [[finding]]
    path = "app/legacy.py"
    code = "TRF101"
    line = 3
    text = "from opentelemetry import trace"  # app/legacy.py has been mended

Right:
    $ tracing-lint baseline
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule


def _check(module: Module) -> Iterator[Hit]:
    # The command finds these, since they concern all files together (`lint_plugin.baseline`).
    return iter(())


_ENTRY = "[[finding]]\npath = 'module.py'\ncode = 'TRF101'\nline = 1\ntext = 'import opentelemetry'\n"

RULE = Rule(
    code="TRF304",
    name="stale-baseline",
    check=_check,
    accepts=(
        f"# setting: baseline = 'known.toml'\n# file: known.toml\n{_ENTRY}# file: module.py\nimport opentelemetry\n",
    ),
    rejects=(f"# setting: baseline = 'known.toml'\n# file: known.toml\n{_ENTRY}# file: module.py\nimport json\n",),
)
