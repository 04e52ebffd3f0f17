"""The global tracer provider or propagator of OpenTelemetry is set.

Why:
    There is one for the whole process, and the facade has set it: whoever sets another takes every third-party span out
    of the policy, or trusts callers that nobody decided to trust.

Wrong:
    from opentelemetry import trace

    trace.set_tracer_provider(TracerProvider())

Right:
    import tracing_facade as tracing

    tracing.configure()
"""

from __future__ import annotations

import ast
import sys
from bisect import bisect_left
from collections.abc import Iterator

from lint_plugin.dataflow.annotations import dotted
from lint_plugin.dataflow.values import Reference
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.vocabulary import GLOBAL_SETTERS


def _check(module: Module) -> Iterator[Hit]:
    setting = [seen for seen in module.run.calls_seen if seen.path.rpartition(".")[2] in GLOBAL_SETTERS]
    own = {id(seen.call.node) for seen in setting if seen.inside is None}
    for seen in setting:
        name = seen.path.rpartition(".")[2]
        # What a function does whoever calls it, is told in the function.
        if id(seen.inside) not in own and module.settings.seals(seen.path):
            yield Hit(seen.call.node, f"{name} changes tracing for the whole process: configure tracing_facade instead")

    if not _sees_sealed(module):
        return
    for node in module.statements:
        for target in _targets(node):
            name = _private(module, dotted(target) or "")
            if name:
                yield Hit(node, _message(name))
                break
    for call in _calls_by_name(module):
        name = _private(module, _set_by_name(call))
        if name:
            yield Hit(call, _message(name))


# Functions and methods that set or delete an attribute that they are given as a text: those of Python, of pytest's
# `monkeypatch` and of `unittest.mock.patch`.
_BY_NAME = ("setattr(", "delattr(", "patch.object(")


def _message(name: str) -> str:
    return f"{name} is changed for the whole process: configure tracing_facade instead"


def _calls_by_name(module: Module) -> Iterator[ast.Call]:
    """Yield the calls on the lines on which an attribute is set by its name, however deep they stand."""
    lines = sorted(_lines_with_names(module))
    waiting: list[ast.AST] = [module.tree] if lines else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and node.lineno <= lines[-1]:
            yield node
        for child in ast.iter_child_nodes(node):
            first, last = getattr(child, "lineno", 0), getattr(child, "end_lineno", sys.maxsize)
            decorators = getattr(child, "decorator_list", ())
            place = bisect_left(lines, first)
            if place < len(lines) and lines[place] <= last:
                waiting.append(child)
            else:
                waiting.extend(decorators)


def _lines_with_names(module: Module) -> Iterator[int]:
    """Yield the lines on which an attribute is set by its name, if a private name stands behind that."""
    text = module.text
    for word in _BY_NAME:
        place = text.find(word)
        while place >= 0:
            behind = text[place : place + _LONGEST_ARGUMENTS]
            if any(private in behind for private in ('"_', "'_", "._")):
                yield text.count("\n", 0, place) + 1
            place = text.find(word, place + 1)


# Of what is changed and its name, with the space between them.
_LONGEST_ARGUMENTS = 160


def _set_by_name(call: ast.Call) -> str:
    """Return the dotted name of the attribute that a call sets by its name, or an empty string."""
    called = (dotted(call.func) or "").rpartition(".")
    if called[2] not in ("setattr", "delattr") and not (called[2] == "object" and called[0].endswith("patch")):
        return ""
    owner = dotted(call.args[0]) if call.args else None
    name = call.args[1] if len(call.args) > 1 else None
    text = name.value if isinstance(name, ast.Constant) else None
    return f"{owner}.{text}" if owner is not None and isinstance(text, str) else ""


def _sees_sealed(module: Module) -> bool:
    tops = {name.partition(".")[0] for name in module.settings.sealed}
    seen = (value.path for value in module.run.module.names.values() if isinstance(value, Reference))
    return any(path.partition(".")[0] in tops for path in seen)


def _targets(node: ast.stmt) -> list[ast.expr]:
    """Return the attributes that a statement changes."""
    targets: list[ast.expr] = []
    if isinstance(node, (ast.Assign, ast.Delete)):
        targets = node.targets
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    return [target for target in targets if isinstance(target, ast.Attribute)]


def _private(module: Module, written: str) -> str:
    """Return the private name of a sealed module for which a dotted name stands, or an empty string."""
    root, _, rest = written.partition(".")
    if not any(part.startswith("_") for part in rest.split(".")):
        return ""
    origin = module.run.module.names.get(root)
    path = f"{origin.path}.{rest}" if isinstance(origin, Reference) else ""
    return path if path and module.settings.seals(path) else ""


RULE = Rule(
    code="TRF211",
    name="global-provider",
    check=_check,
    accepts=("def set_tracer_provider(p): ...\nset_tracer_provider(1)\n",),
    rejects=(
        "from opentelemetry import trace\ntrace.set_tracer_provider(object())\n",
        "from opentelemetry.propagate import set_global_textmap as s\ns(None)\n",
        "from opentelemetry import trace\ntrace._TRACER_PROVIDER_SET_ONCE._done = False\n",
        "from opentelemetry import trace\ndef test_a(m): m.setattr(trace, '_TRACER_PROVIDER', None)\n",
    ),
)
