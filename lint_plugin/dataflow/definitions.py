"""Follows the definition of functions and classes: decorators, default values and bodies of classes."""

from __future__ import annotations

import ast

from lint_plugin.dataflow.annotations import evaluated
from lint_plugin.dataflow.branches import GOES_ON
from lint_plugin.dataflow.concrete import MOST_ITEMS
from lint_plugin.dataflow.layout import all_parameters
from lint_plugin.dataflow.parameters import defaults
from lint_plugin.dataflow.protocols import name_members
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Class,
    Constant,
    Descriptor,
    Function,
    Items,
    Partial,
    Reference,
    Scope,
    Table,
    Unknown,
    Value,
)

_DESCRIPTORS = {
    "builtins.property": "property",
    "functools.cached_property": "property",
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
}


def follow_function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Follow ``def``."""
    function = Function(node, run.scope, *defaults(run, node.args))
    run.typed(node.returns)
    for annotation in (node.returns, *(one.annotation for one in all_parameters(node.args))):
        evaluated(run, annotation)
    value: Value = function
    for decorator in reversed(node.decorator_list):
        value = _decorated(run, run.evaluate(decorator), value, decorator)
    run.scope.bind(node.name, value)
    run.will_follow(function)
    return GOES_ON


def _decorated(run: Run, decorator: Value, value: Value, node: ast.expr) -> Value:
    if isinstance(decorator, Reference):
        if decorator.path in _DESCRIPTORS:
            return Descriptor(_DESCRIPTORS[decorator.path], value)
        run.decorates(decorator.path, node)
        return value
    result = run.call(decorator, Call(node, [value], {}))
    # A decorator of which we know nothing most likely keeps what the function does.
    known = (Function, Bound, Partial, Class, Descriptor)
    return result if not isinstance(result, Unknown) and isinstance(result, (*known, Constant)) else value


def follow_class(run: Run, node: ast.ClassDef) -> int:
    """Follow ``class``: its body, with its names in a scope of their own."""
    bases = [run.evaluate(base) for base in node.bases]
    keywords = {keyword.arg: run.evaluate(keyword.value) for keyword in node.keywords}
    outer = run.scope
    waiting_before = len(run.waiting)
    run.scope = Scope(outer, is_class=True)
    run.execute(node.body)
    cls = Class(node.name, run.scope.names, bases, keywords.get("metaclass"))
    _own(cls, [method[0] for method in run.waiting[waiting_before:] if method[0].scope is run.scope])
    run.scope = outer
    for base in bases:
        if isinstance(base, Class) and len(base.subclasses) < MOST_ITEMS:
            base.subclasses.append(cls)
    _inherit(run, cls)
    _constructor_first(run, waiting_before)
    name_members(run, cls, node)
    value: Value = cls
    for decorator in reversed(node.decorator_list):
        value = _decorated(run, run.evaluate(decorator), value, decorator)
    outer.bind(node.name, value if isinstance(value, Class) else cls)
    _run_hooks(run, cls, bases, node)
    return GOES_ON


def _own(cls: Class, methods: list[Function]) -> None:
    # Whatever decorators make of them, methods are called with an object of the class.
    for value in (*methods, *cls.attributes.values()):
        function = value.function if isinstance(value, Descriptor) else value
        if isinstance(function, Function):
            function.owner = cls


def _inherit(run: Run, cls: Class) -> None:
    """Have inherited methods followed with what the class says of itself: ``module = "x"`` for ``load`` of its base."""
    if not any(isinstance(value, (Constant, Items, Table)) for value in cls.attributes.values()):
        return
    for base in cls.bases:
        for name, value in base.attributes.items() if isinstance(base, Class) else ():
            if isinstance(value, Function) and name not in cls.attributes:
                again = Function(value.node, value.scope, value.defaults, value.keyword_defaults)
                again.owner = cls
                run.will_follow(again, again=True)


def _constructor_first(run: Run, start: int) -> None:
    # Methods use what the constructor has set.
    methods = run.waiting[start:]
    methods.sort(key=lambda method: getattr(method[0].node, "name", "") not in ("__init__", "setUp", "setup_method"))
    run.waiting[start:] = methods


def _run_hooks(run: Run, cls: Class, bases: list[Value], node: ast.ClassDef) -> None:
    keywords = {one.arg: run.evaluate(one.value) for one in node.keywords if one.arg not in (None, "metaclass")}
    made_by = cls.metaclass
    for name in ("__new__", "__init__") if isinstance(made_by, Class) else ():
        hook = made_by.attributes.get(name) if isinstance(made_by, Class) else None
        if isinstance(hook, Function):
            given = [made_by or UNKNOWN, Constant(cls.name), Items(list(bases), tuple), Table(cls.attributes)]
            run.call(hook, Call(node, given, keywords))
    for base in bases:
        hook = base.attributes.get("__init_subclass__") if isinstance(base, Class) else None
        if hook is not None:
            function = hook.function if isinstance(hook, Descriptor) else hook
            run.call(Bound(function, cls), Call(node, [], keywords))
