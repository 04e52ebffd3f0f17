"""A declaration cannot be read without running it.

Why:
    The run time imports declarations, the checker and the golden file read them: both must see the same. So they are
    written out, with constants in place of what would have to be computed. It concerns the files that `declarations` in
    the settings names, and whatever promises something (BETA, STABLE) elsewhere.

Wrong:
    ORDER = SpanSpec(make_name("order"), stability=Stability.STABLE)

Right:
    ORDER = SpanSpec("order", stability=Stability.STABLE)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lint_plugin.declared_spans import declarations_in, is_declaration_file
from lint_plugin.rule import Hit, Module, Place, Rule


def _check(module: Module) -> Iterator[Hit]:
    if not any("SpanSpec" in line for line in module.lines):
        return
    required = is_declaration_file(module.path, module.settings)
    for refusal in declarations_in(module.path, required).refusals:
        here, message = refusal.place, refusal.message
        if here.path != module.path:
            if is_declaration_file(here.path, module.settings):
                continue  # it is told there
            # What this file takes from another one cannot be read there.
            told = here._replace(path=module.settings.relative(here.path))
            here, message = refusal.used or here._replace(line=1, column=1), f"{message} ({told})"
        if required or not _is_in_function(module, here.line):
            yield Hit(_in_bytes(module, here.line, here.column), message)


def _in_bytes(module: Module, line: int, column: int) -> Place:
    text = module.lines[line - 1] if line <= len(module.lines) else ""
    return Place(line, len(text[: column - 1].encode("utf-8", "replace")))


def _is_in_function(module: Module, line: int) -> bool:
    # What a function makes at run time, for tests or from a registry, promises nothing by itself.
    functions = (node for node in module.statements if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return any(node.lineno <= line <= (node.end_lineno or node.lineno) for node in functions)


RULE = Rule(
    code="TRF213",
    name="unreadable-declaration",
    check=_check,
    accepts=(
        "from tracing_facade import SpanSpec\nX = SpanSpec('x')\n",
        "from tracing_facade import SpanSpec\nX = SpanSpec(make_name())\n",
    ),
    rejects=(
        "# setting: declarations = ['module.py']\nfrom tracing_facade import SpanSpec\nX = SpanSpec(make_name())\n",
        "from tracing_facade import SpanSpec, Stability\nX = SpanSpec(make_name(), stability=Stability.STABLE)\n",
        (
            "# setting: declarations = ['spans.py']\n# file: names.py\nNAME = make_name()\n# file: spans.py\n"
            "from names import NAME\nfrom tracing_facade import SpanSpec\nX = SpanSpec(NAME)\n"
        ),
        (
            "# file: names.py\nNAME = make_name()\n# file: spans.py\nfrom names import NAME\n"
            "from tracing_facade import SpanSpec, Stability\nX = SpanSpec(NAME, stability=Stability.STABLE)\n"
        ),
    ),
)
