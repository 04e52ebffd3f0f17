"""Follows calls: of functions of the file by going through them, of known functions by what they are known to do."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from typing import Any

from lint_plugin.dataflow.attributes import attribute, class_attribute, fields_of, unknown_base
from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.handing_over import passed_on, text_keys
from lint_plugin.dataflow.layout import all_parameters
from lint_plugin.dataflow.library import HANDLERS
from lint_plugin.dataflow.methods import call_method
from lint_plugin.dataflow.parameters import add_defaults, bind_parameters
from lint_plugin.dataflow.run import DEEPEST_CALL, Call, Run, Seen
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Choice,
    Class,
    Code,
    Constant,
    Descriptor,
    Function,
    FunctionNode,
    Instance,
    Items,
    Method,
    Namespace,
    Native,
    Partial,
    Reference,
    Scope,
    Table,
    Text,
    Unknown,
    Value,
    either,
)
from lint_plugin.vocabulary import GLOBAL_SETTERS

_GETTERS = ("get", "__getitem__", "pop", "setdefault")


def call(run: Run, callee: Value, given: Call) -> Value:
    """Return what a call returns, and collect the facts in it."""
    handler = _CALLS.get(type(callee))
    return handler(run, callee, given) if handler is not None else UNKNOWN


def _choice(run: Run, callee: Choice, given: Call) -> Value:
    return either([call(run, option, given) for option in callee.options])


def _reference(run: Run, callee: Reference, given: Call) -> Value:
    path = callee.path
    handler = HANDLERS.get(path)
    if handler is not None:
        return handler(run, given)
    owner, _, name = path.rpartition(".")
    if owner in _TYPES and given.arguments:
        return call(run, Method(given.arguments[0], name), given._replace(arguments=given.arguments[1:]))
    if name in _GETTERS and (owner.endswith(".__dict__") or owner == "builtins"):
        return _member(run, owner.removesuffix(".__dict__"), given, path)
    if name in ("__getattribute__", "__getattr__"):
        return _member(run, owner, given, path)
    passed_on(run, given, path)
    if not run.world.watches(path):
        return run.refer(f"{path}()")
    origin = callee.origin if isinstance(callee.origin, Call) else None
    if run.site is None and run.code_site is None:
        run.calls_seen.append(Seen(path, given, origin))
    elif run.site is not None and (origin is not None or name in GLOBAL_SETTERS):
        # A function of the file is given the span; its caller is where that shows.
        run.calls_seen.append(Seen(path, given._replace(node=run.site), origin, given.node))
    return run.refer(f"{path}()", given)


_TYPES = frozenset({"builtins.str", "builtins.bytes", "builtins.bytearray", "builtins.list", "builtins.dict"})


def _member(run: Run, owner: str, given: Call, path: str) -> Value:
    name = concrete_text(given.arguments[0]) if given.arguments else None
    return attribute(run, Reference(owner), name, given.node) if name is not None else run.refer(f"{path}()")


def _unknown(run: Run, callee: Value, given: Call) -> Value:
    passed_on(run, given, "")
    return UNKNOWN


def _bound(run: Run, callee: Bound, given: Call) -> Value:
    return call(run, callee.callee, given._replace(arguments=[callee.receiver, *given.arguments]))


def _partial(run: Run, callee: Partial, given: Call) -> Value:
    arguments = [*callee.arguments, *given.arguments]
    return call(run, callee.callee, given._replace(arguments=arguments, keywords={**callee.keywords, **given.keywords}))


def _native(run: Run, callee: Native, given: Call) -> Value:
    before, run.caller = run.caller, given.node
    try:
        return callee.run(given.arguments, given.keywords)
    finally:
        run.caller = before


def _method(run: Run, callee: Method, given: Call) -> Value:
    receiver = callee.receiver
    if isinstance(receiver, Namespace) and callee.name == "update":
        return _update_namespace(receiver, given)
    if isinstance(receiver, Namespace):
        name = concrete_text(given.arguments[0]) if given.arguments else None
        return receiver.scope.names.get(name, UNKNOWN) if name is not None else UNKNOWN
    if callee.name == "sort" and isinstance(receiver, Items):
        ordered = HANDLERS["builtins.sorted"](run, given._replace(arguments=[receiver]))
        if isinstance(ordered, Items):
            receiver.items[:] = ordered.items
        return Constant(None)
    if callee.name in _OPERATORS:
        operation = HANDLERS.get(f"operator.{callee.name}")
        return operation(run, given._replace(arguments=[receiver, *given.arguments])) if operation else UNKNOWN
    if callee.name in ("__next__", "send") and isinstance(receiver, Items):
        return HANDLERS["builtins.next"](run, given._replace(arguments=[receiver]))
    if callee.name == "__iter__":
        return receiver
    return call_method(callee, given.arguments, given.keywords)


_OPERATORS = frozenset({
    "__add__", "__mod__", "__getitem__", "__contains__", "__mul__", "__radd__", "__len__", "__str__",
})  # fmt: skip


def _update_namespace(receiver: Namespace, given: Call) -> Value:
    names = receiver.scope.names
    for argument in given.arguments:
        if isinstance(argument, Table):
            names.update(text_keys(argument))
        elif isinstance(argument, Reference) and argument.path.endswith(".__dict__"):
            owner = argument.path.removesuffix(".__dict__")
            found = (path for path in HANDLERS if path.rpartition(".")[0] == owner)
            names.update({path.rpartition(".")[2]: Reference(path) for path in found})
    names.update(given.keywords)
    return Constant(None)


def _class(run: Run, callee: Class, given: Call) -> Value:
    base = unknown_base(callee)
    if base is not None and base.path.startswith("enum.") and given.arguments:
        return _enumeration_member(callee, given.arguments[0])
    if base is not None and base.path in _PLAIN_TYPES:
        return call(run, base, given)
    instance = Instance(callee)
    if class_attribute(callee, "__getattr__") is not None and run.site is None and given.arguments:
        run.proxies.append((instance, given.node))
    if base is not None and base.path.startswith("builtins."):
        # An exception keeps what it is given.
        instance.attributes["args"] = Items(list(given.arguments), tuple)
    if base is not None and base.path == "types.ModuleType" and given.arguments:
        instance.attributes["__name__"] = given.arguments[0]
    fields = fields_of(callee)
    for name, value in zip(fields, given.arguments, strict=False):
        instance.attributes[name] = value
    instance.attributes.update({name: value for name, value in given.keywords.items() if name in fields})
    for name in ("__init__", "__post_init__"):
        method = class_attribute(callee, name)
        if isinstance(method, Function):
            given_here = given if name == "__init__" else Call(given.node, [], {})
            _bound(run, Bound(method, instance), given_here)
    _learn(run, instance)
    return instance


def _learn(run: Run, made: Instance) -> None:
    """Have the methods of a class followed with the tracer or span that an object of it has been given."""
    given = {(id(made.cls), name): value for name, value in made.attributes.items() if _is_watched(run, value)}
    if run.site is None and not given.keys() <= run.learnt.keys():
        run.learnt.update(given)
        run.kept.append(made.cls)
        for method in made.cls.attributes.values():
            if isinstance(method, Function):
                run.will_follow(method, again=True)


def _is_watched(run: Run, value: Value) -> bool:
    return isinstance(value, Reference) and run.world.watches(value.path)


# What a class adds to these changes nothing about the value.
_PLAIN_TYPES = frozenset({"builtins.str", "builtins.bytes", "builtins.int", "builtins.float"})


def _enumeration_member(cls: Class, value: Value) -> Value:
    return Instance(cls, {"value": value, "_value_": value})


def _instance(run: Run, callee: Instance, given: Call) -> Value:
    method = class_attribute(callee.cls, "__call__")
    return _bound(run, Bound(method, callee), given) if method is not None else UNKNOWN


def _descriptor(run: Run, callee: Descriptor, given: Call) -> Value:
    return call(run, callee.function, given)


def _code(run: Run, callee: Code, given: Call) -> Value:
    return HANDLERS["builtins.exec"](run, given._replace(arguments=[callee]))


def _function(run: Run, callee: Function, given: Call) -> Value:
    result = _result(run, callee, given)
    if isinstance(result, Reference) and result.origin is not None and run.site is None:
        run.handed_back.append((given.node, result))
    return result


def _result(run: Run, callee: Function, given: Call) -> Value:
    if run.calls >= DEEPEST_CALL or run.fuel <= 0 or not run.inlines(callee):
        return UNKNOWN
    key = _key(callee, given)
    if key is not None and key in run.known_results:
        return run.known_results[key]
    if run.active.count(id(callee.node)) >= _FUTILE_RECURSION and not _is_data(given):
        return UNKNOWN
    scope = Scope(callee.scope)
    bind_parameters(callee, scope, given)
    fuel = run.fuel
    run.sites.append(given.node if run.sites else run.code_site or given.node)
    try:
        result = _followed(run, callee, scope)
    finally:
        run.sites.pop()
    if key is not None and fuel - run.fuel > _LONG_WAY:
        run.known_results[key] = result
        run.kept.extend((callee, *given.arguments, *given.keywords.values()))
    return result


# A function that calls itself so deep, without any data that could become less, will not come to an end here.
_FUTILE_RECURSION = 2


def _is_data(given: Call) -> bool:
    return any(map(_can_become_less, (*given.arguments, *given.keywords.values())))


def _can_become_less(value: Value) -> bool:
    if isinstance(value, Items):
        # What is collected on the way, of which nothing is known, does not bring the end nearer; an empty list is one.
        return not value.items or not all(map(_is_undecided, value.items))
    return isinstance(value, Text) or (isinstance(value, Constant) and bool(value.data))


def _is_undecided(value: Value) -> bool:
    return value is UNKNOWN or (isinstance(value, Reference) and "()" in value.path)


# A call that took more steps than this is not followed again with the same arguments.
_LONG_WAY = 40


def _key(callee: Function, given: Call) -> Hashable | None:
    """Return what tells this call from others of the function, or ``None`` when its arguments cannot be compared."""
    key: list[Hashable] = [id(callee.node), id(callee.scope)]
    for name, value in (*enumerate(given.arguments), *given.keywords.items()):
        if isinstance(value, Constant) and not isinstance(value.data, slice):
            key.append((name, type(value.data), value.data))
        elif isinstance(value, Reference):
            key.append((name, value.path))
        elif isinstance(value, (Instance, Class, Function)):
            key.append((name, id(value)))
        elif value is not UNKNOWN:
            return None
    return tuple(key)


def follow_proxy(run: Run, instance: Instance, node: ast.AST) -> None:
    """Follow an object that answers to every attribute, as if one was asked for; it stands for what it then loads."""
    hook = class_attribute(instance.cls, "__getattr__")
    if hook is not None:
        call(run, Bound(hook, instance), Call(node, [UNKNOWN], {}))


def follow_alone(run: Run, function: Function) -> None:
    """Follow a function as if anybody could call it with anything."""
    scope = Scope(function.scope)
    arguments = function.node.args
    run.scope = function.scope
    for parameter in all_parameters(arguments):
        scope.names[parameter.arg] = run.typed(parameter.annotation)
    run.scope = run.module
    add_defaults(function, scope)
    if function.owner is not None and (arguments.posonlyargs or arguments.args):
        first = (*arguments.posonlyargs, *arguments.args)[0].arg
        scope.names[first] = _receiver(run, function)
    result = _followed(run, function, scope)
    if getattr(function.node, "name", "") in ("__reduce__", "__reduce_ex__"):
        _rebuilt(run, result, function.node)


def _rebuilt(run: Run, value: Value, node: FunctionNode) -> None:
    """Follow the call that copies and unpickles an object, as ``__reduce__`` describes it."""
    if isinstance(value, Items) and len(value.items) > 1 and isinstance(value.items[1], Items):
        last = node.body[-1] if isinstance(node.body, list) else node
        call(run, value.items[0], Call(last, value.items[1].items, {}))


def _receiver(run: Run, function: Function) -> Value:
    assert function.owner is not None
    decorators = getattr(function.node, "decorator_list", ())
    names = {node.id for node in decorators if isinstance(node, ast.Name)}
    if "staticmethod" in names:
        return UNKNOWN
    return function.owner if "classmethod" in names else run.example(function.owner)


def _followed(run: Run, function: Function, scope: Scope) -> Value:
    saved = run.scope, run.results, run.yields
    run.scope, run.results, run.yields = scope, [], []
    run.calls += 1
    run.active.append(id(function.node))
    try:
        if isinstance(function.node, ast.Lambda):
            return run.evaluate(function.node.body)
        run.execute(function.node.body)
        if run.yields:
            return Items(run.yields)
        returned = either(run.results) if run.results else Constant(None)
        # What a function does not show itself, such as one of a protocol, its declaration says.
        declared = run.typed(function.node.returns) if returned is UNKNOWN or not run.results else UNKNOWN
        return returned if declared is UNKNOWN else declared
    finally:
        run.calls -= 1
        run.active.pop()
        run.scope, run.results, run.yields = saved


_CALLS: dict[type, Callable[[Run, Any, Call], Value]] = {
    Choice: _choice,
    Reference: _reference,
    Unknown: _unknown,
    Bound: _bound,
    Partial: _partial,
    Native: _native,
    Method: _method,
    Class: _class,
    Instance: _instance,
    Descriptor: _descriptor,
    Code: _code,
    Function: _function,
}
