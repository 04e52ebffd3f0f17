"""A string names something of a sealed module, for something else to import.

Why:
    Settings of frameworks, targets of mocks, groups of entry points and templates of code are imported by somebody
    later. No import statement shows it. Names of loggers, comparisons and texts for people are left alone.

Wrong:
    MIDDLEWARE = ["opentelemetry.instrumentation.django.middleware.otel_middleware._DjangoMiddleware"]

Right:
    MIDDLEWARE = ["app.middleware.TracingMiddleware"]
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.source import parsed
from lint_plugin.statements import import_statements, imported, statements

_DOTTED = r"[^\W\d]\w*(?:[.:][^\W\d]\w*)+\Z"
_LONGEST_TEMPLATE = 20_000

# These take names and texts, and import nothing.
_HARMLESS = frozenset({
    "getLogger", "get_logger", "filterwarnings", "simplefilter", "startswith", "endswith", "removeprefix", "print",
    "debug", "info", "warning", "error", "exception", "critical", "log", "warn", "search", "match", "compile",
    "Literal", "isinstance", "get_tracer", "get_meter", "find_spec", "set_attribute", "set_attributes",
    "add_event", "skip",
})  # fmt: skip
# What follows the name of the package in groups of entry points that OpenTelemetry loads by itself.
_GROUPS = frozenset({
    "configurator", "context", "distro", "environment_variables", "event_logger_provider", "id_generator",
    "instrumentor", "logger_provider", "logs_exporter", "meter_provider", "metrics_exporter", "post_instrument",
    "pre_instrument", "propagator", "resource_detector", "tracer_provider", "traces_exporter", "traces_sampler",
})  # fmt: skip
# What is given by these names is for people, or the name of a logger.
_HARMLESS_KEYWORDS = frozenset({"logger", "logger_name", "msg", "message", "help", "description", "reason", "doc"})
_HARMLESS_NAMES = frozenset({"__lazy_modules__", "__all__", "__doc__"})


def _check(module: Module) -> Iterator[Hit]:
    if not any(top in line for line in module.lines for top in _tops(module)):
        return
    reported = {(node.lineno, node.col_offset) for node in _reported(module)}
    for node, text in _strings(module.tree, reported):
        name = _names(module, text)
        if name:
            message = f"{name} is sealed, and this string lets something else import it: name a part of your own code"
            yield Hit(node, message)


def _tops(module: Module) -> list[str]:
    return [name.partition(".")[0] for name in module.settings.sealed]


def _reported(module: Module) -> Iterator[ast.expr]:
    for fact in module.run.facts:
        if isinstance(fact.node, ast.expr) and fact.target and not (module.is_test and fact.kind.name == "PATCH"):
            yield fact.node


def _strings(tree: ast.AST, reported: set[tuple[int, int]]) -> Iterator[tuple[ast.Constant, str]]:
    """Yield the strings that are values, not those that stand where a string is harmless."""
    waiting: list[ast.AST] = [tree]
    harmless = _given_to_harmless(tree)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node, node.value
        elif not (isinstance(node, ast.expr) and (node.lineno, node.col_offset) in reported):
            waiting.extend(_parts(node, harmless))


def _given_to_harmless(tree: ast.AST) -> set[str]:
    """Return the names that are only ever given to functions that import nothing."""
    given: set[int] = set()
    reads: list[ast.Name] = []
    for part in ast.walk(tree):
        if isinstance(part, ast.Call) and _last_name(part.func) in _HARMLESS:
            given.update(map(id, part.args))
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            reads.append(part)
    harmless = {part.id for part in reads if id(part) in given}
    return harmless - {part.id for part in reads if id(part) not in given}


def _bound(node: ast.For | ast.comprehension | ast.Assign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return target.id if isinstance(target, ast.Name) else ""


def _parts(node: ast.AST, harmless: set[str]) -> list[ast.AST]:
    """Return the parts of a node in which a string matters."""
    if isinstance(node, (ast.Compare, ast.JoinedStr)) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ):
        return []
    if isinstance(node, ast.Call):
        return [] if _last_name(node.func) in _HARMLESS else [*node.args, *node.keywords]
    if isinstance(node, ast.Raise) or (isinstance(node, ast.keyword) and node.arg in _HARMLESS_KEYWORDS):
        return []
    if isinstance(node, (ast.For, ast.comprehension, ast.Assign)) and _bound(node) in harmless:
        return [part for name, part in _children(node) if name not in ("iter", "value")]
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Dict):
        return list(node.values)
    if isinstance(node, ast.Assign) and any(_last_name(target) in _HARMLESS_NAMES for target in node.targets):
        return []
    return [part for name, part in _children(node) if name not in ("annotation", "returns")]


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield name, part


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _names(module: Module, text: str) -> str:
    """Return the sealed name for which a string stands, or an empty string."""
    dotted = text.replace(":", ".")
    if re.match(_DOTTED, text) and module.settings.seals(dotted):
        return dotted
    if any(text.startswith(f"{top}_") and text.removeprefix(f"{top}_") in _GROUPS for top in _tops(module)):
        return text
    return _in_template(module, text) if "\n" in text and "import" in text else ""


def _in_template(module: Module, text: str) -> str:
    if len(text) > _LONGEST_TEMPLATE or not any(top in text for top in _tops(module)):
        return ""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    names = [name for node in import_statements(statements(tree)) for name in imported(node)]
    return next((name for name in names if module.settings.seals(name)), "")


RULE = Rule(
    code="TRF153",
    name="sealed-string",
    check=_check,
    accepts=(
        "import logging\nlogging.getLogger('opentelemetry.sdk').setLevel('ERROR')\n",
        "same = name == 'opentelemetry.instrumentation.flask'\n",
        "URL = 'https://opentelemetry.io/docs/'\n",
        '"""Wraps opentelemetry.trace."""\n',
        "from typing import Literal\ndef f(x: Literal['opentelemetry.trace']): ...\n",
        "app = Flask('opentelemetry')\n",
        "LOGGING = {'loggers': {'opentelemetry.sdk': {'level': 'INFO'}}}\n",
        "import logging\nfor name in ('opentelemetry.sdk',):\n    logging.getLogger(name).setLevel('ERROR')\n",
        "raise ImportError('opentelemetry.trace')\n",
        "spans = Counter('opentelemetry_spans_total')\n",
    ),
    rejects=(
        "MIDDLEWARE = ['opentelemetry.instrumentation.django.middleware.otel_middleware._DjangoMiddleware']\n",
        "CFG = {'_target_': 'opentelemetry.sdk.trace.TracerProvider'}\n",
        "from unittest.mock import patch\n@patch('opentelemetry.trace.get_tracer')\ndef test_x(m): ...\n",
        "from importlib.metadata import entry_points\nentry_points(group='opentelemetry_tracer_provider')\n",
        "TEMPLATE = '''\nfrom opentelemetry import trace\n'''\n",
    ),
    strict=True,
)
