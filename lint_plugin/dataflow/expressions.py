"""Follows expressions: each kind of node, and what is known about its value."""

from __future__ import annotations

import ast
from typing import Any

from lint_plugin.dataflow import system_modules
from lint_plugin.dataflow.attributes import attribute
from lint_plugin.dataflow.comprehensions import dict_comprehension, list_comprehension
from lint_plugin.dataflow.constants import binary, compared, concatenated, folded, formatted, unary
from lint_plugin.dataflow.elements import element
from lint_plugin.dataflow.facts import Kind
from lint_plugin.dataflow.methods import store
from lint_plugin.dataflow.parameters import defaults
from lint_plugin.dataflow.protocols import compared_objects, operated, written
from lint_plugin.dataflow.run import Call, Expression, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Constant,
    Function,
    Instance,
    Items,
    Reference,
    Table,
    Value,
    either,
    may_be,
    truth,
)
from lint_plugin.vocabulary import SPAN_STARTS


def _constant(run: Run, node: ast.Constant) -> Value:
    return Constant(node.value)


def _name(run: Run, node: ast.Name) -> Value:
    return run.find(node.id)


def _attribute(run: Run, node: ast.Attribute) -> Value:
    return attribute(run, run.evaluate(node.value), node.attr, node)


def _subscript(run: Run, node: ast.Subscript) -> Value:
    value = run.evaluate(node.value)
    if isinstance(value, Reference) and value.path.startswith(_TYPING):
        declared = run.typed(node)
        if isinstance(declared, Reference) and declared.path.endswith("()") and run.world.watches(declared.path):
            # Another name for a type: ``Annotated[Tracer, Depends(make)]``.
            return run.refer(declared.path.removesuffix("()"))
    return element(run, value, run.evaluate(node.slice), node)


_TYPING = ("typing.", "typing_extensions.", "collections.abc.")


def _slice(run: Run, node: ast.Slice) -> Value:
    bounds = [
        run.evaluate(part) if part is not None else Constant(None) for part in (node.lower, node.upper, node.step)
    ]
    return folded(slice, *bounds)


def _call(run: Run, node: ast.Call) -> Value:
    callee = run.evaluate(node.func)
    arguments: list[Value] = []
    complete = True
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = run.evaluate(argument.value)
            complete = _spread(value, arguments) and complete
        else:
            arguments.append(run.evaluate(argument))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = run.evaluate(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, Table):
            keywords.update({str(name): item for name, item in value.entries.items()})
        else:
            complete = False
    if isinstance(node.func, ast.Attribute) and node.func.attr in SPAN_STARTS and _may_be_tracer(run, callee):
        _note_likely_span(run, node.func, [*arguments, *keywords.values()])
    result = run.call(callee, Call(node, arguments, keywords, complete))
    fallback = _fallback(callee, node.func, arguments, keywords)
    return result if fallback is None or isinstance(result, Constant) else either([fallback, result])


def _fallback(callee: Value, function: ast.expr, arguments: list[Value], keywords: dict[str, Value]) -> Value | None:
    """Return what a look-up in something unknown yields when there is nothing: ``settings.get("tracer", default)``."""
    if callee is not UNKNOWN and not isinstance(callee, Reference):
        return None
    name = function.attr if isinstance(function, ast.Attribute) else ""
    by_place = arguments[1] if name in _LOOK_UPS and len(arguments) == 2 else None
    found = keywords.get("default") or keywords.get("fallback") or by_place
    return found if isinstance(found, Constant) and isinstance(found.data, str) else None


_LOOK_UPS = frozenset({"get", "pop", "setdefault"})


def _may_be_tracer(run: Run, callee: Value) -> bool:
    """Tell whether this is a method of something of which nothing is known, or only that a call has returned it."""
    if isinstance(callee, Reference):
        return ("()." in callee.path or "[]." in callee.path) and not run.world.watches(callee.path)
    return callee is UNKNOWN


def _note_likely_span(run: Run, node: ast.Attribute, arguments: list[Value]) -> None:
    # Nothing is known of the receiver; what it is given tells.
    values = [item for value in arguments for item in (value.items if isinstance(value, Items) else [value])]
    sealed = [value.path for value in values if isinstance(value, Reference) and run.world.seals(value.path)]
    if sealed:
        run.emit(Kind.SPAN, node, sealed[0], node.attr)
    else:
        run.emit(Kind.LIKELY_SPAN, node, "", node.attr)


def _spread(value: Value, into: list[Value]) -> bool:
    if isinstance(value, Items):
        into.extend(value.items)
    elif isinstance(value, Constant) and isinstance(value.data, str):
        into.extend(Constant(character) for character in value.data)
    else:
        return False
    return True


def _binary(run: Run, node: ast.BinOp) -> Value:
    # Long sums lean to the left; following them in a loop keeps the depth small.
    chain = [node]
    while isinstance(chain[-1].left, ast.BinOp):
        chain.append(chain[-1].left)
    value = run.evaluate(chain[-1].left)
    for part in reversed(chain):
        right = run.evaluate(part.right)
        found = operated(run, type(part.op), value, right, part)
        value = binary(type(part.op), value, right) if found is None else found
    return value


def _unary(run: Run, node: ast.UnaryOp) -> Value:
    operand = run.evaluate(node.operand)
    if isinstance(node.op, ast.Not):
        known = truth(operand)
        return UNKNOWN if known is None else Constant(not known)
    return unary(type(node.op), operand)


def _boolean(run: Run, node: ast.BoolOp) -> Value:
    stops_at = isinstance(node.op, ast.Or)
    found: list[Value] = []
    decided = False
    for part in node.values:
        value = run.evaluate(part)
        if decided:
            continue
        decided = truth(value) is stops_at
        result = value if part is node.values[-1] else may_be(value, stops_at)
        if result is not None:
            found.append(result)
    return either(found)


def _compare(run: Run, node: ast.Compare) -> Value:
    left = run.evaluate(node.left)
    results: list[Value] = []
    for operation, part in zip(node.ops, node.comparators, strict=True):
        right = run.evaluate(part)
        _search(run, type(operation), left, right, node)
        found = compared_objects(run, type(operation), left, right, node)
        results.append(compared(type(operation), left, right) if found is None else found)
        left = right
    if any(truth(result) is False for result in results):
        return Constant(False)
    return results[0] if len(results) == 1 else UNKNOWN


def _search(run: Run, operation: type[ast.cmpop], left: Value, right: Value, node: ast.Compare) -> None:
    system_modules.searched(run, left, right, node)
    system_modules.searched(run, right, left, node)
    if operation in (ast.In, ast.NotIn):
        system_modules.asked(run, left, right, node)


def _conditional(run: Run, node: ast.IfExp) -> Value:
    known = truth(run.evaluate(node.test))
    first, second = run.evaluate(node.body), run.evaluate(node.orelse)
    return either([first, second]) if known is None else first if known else second


def _sequence(kind: type) -> Expression:
    def follow(run: Run, node: Any) -> Value:
        items: list[Value] = []
        for part in node.elts:
            if isinstance(part, ast.Starred):
                if not _spread(run.evaluate(part.value), items):
                    items.append(UNKNOWN)
            else:
                items.append(run.evaluate(part))
        return Items(items, kind)

    return follow


def _dictionary(run: Run, node: ast.Dict) -> Value:
    table = Table({})
    whole: Value | None = None
    for key, item in zip(node.keys, node.values, strict=True):
        value = run.evaluate(item)
        if key is not None:
            store(table, run.evaluate(key), value)
        elif isinstance(value, Table):
            table.entries.update(value.entries)
        elif isinstance(value, Reference) and (value.path == "sys.modules" or len(node.keys) == 1):
            # What is put beside it does not take anything out of it.
            whole = value
    return whole or table


def _lambda(run: Run, node: ast.Lambda) -> Value:
    function = Function(node, run.scope, *defaults(run, node.args))
    run.will_follow(function)
    return function


def _joined(run: Run, node: Any) -> Value:
    return concatenated([run.evaluate(part) for part in node.values])


def _formatted(run: Run, node: Any) -> Value:
    value = run.evaluate(node.value)
    specification = run.evaluate(node.format_spec) if node.format_spec is not None else Constant("")
    if isinstance(value, Instance):
        return written(run, value, node.conversion, specification, node)
    return formatted(value, node.conversion, specification)


def _named(run: Run, node: ast.NamedExpr) -> Value:
    value = run.evaluate(node.value)
    if isinstance(node.target, ast.Name):
        run.scope.lasting.bind(node.target.id, value)
    return value


def _inner(run: Run, node: ast.Await | ast.Starred) -> Value:
    return run.evaluate(node.value)


def _yield(run: Run, node: ast.Yield) -> Value:
    run.yields.append(run.evaluate(node.value) if node.value is not None else Constant(None))
    return UNKNOWN


def _yield_from(run: Run, node: ast.YieldFrom) -> Value:
    value = run.evaluate(node.value)
    run.yields.extend(value.items if isinstance(value, Items) else [UNKNOWN])
    return UNKNOWN


EXPRESSIONS: dict[type, Expression] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.List: _sequence(list),
    ast.Tuple: _sequence(tuple),
    ast.Set: _sequence(set),
    ast.Dict: _dictionary,
    ast.Lambda: _lambda,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.NamedExpr: _named,
    ast.Await: _inner,
    ast.Starred: _inner,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.ListComp: list_comprehension(list),
    ast.SetComp: list_comprehension(set),
    ast.GeneratorExp: list_comprehension(list),
    ast.DictComp: dict_comprehension,
}
# Template strings of Python 3.14.
for _kind, _handler in (("TemplateStr", _joined), ("Interpolation", _formatted)):
    if hasattr(ast, _kind):
        EXPRESSIONS[getattr(ast, _kind)] = _handler
