"""Functions about functions: partial application, reduction, decorators, threads and event loops."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from lint_plugin.dataflow.comprehensions import elements
from lint_plugin.dataflow.constants import binary, compared, folded, unary
from lint_plugin.dataflow.library.registry import HANDLERS, handles
from lint_plugin.dataflow.methods import known_codec
from lint_plugin.dataflow.protocols import entered
from lint_plugin.dataflow.run import Call, Handler, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Constant,
    Descriptor,
    Function,
    Items,
    Native,
    Partial,
    Reference,
    Table,
    Value,
)

_BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add,
    "concat": ast.Add,
    "iadd": ast.Add,
    "iconcat": ast.Add,
    "mod": ast.Mod,
    "imod": ast.Mod,
    "mul": ast.Mult,
    "sub": ast.Sub,
    "xor": ast.BitXor,
    "or_": ast.BitOr,
    "and_": ast.BitAnd,
    "floordiv": ast.FloorDiv,
}


def _operator(operation: type[ast.operator]) -> Handler:
    def follow(run: Run, call: Call) -> Value:
        return binary(operation, call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN)

    return follow


for _name, _operation in _BINARY.items():
    for _path in (f"operator.{_name}", f"operator.__{_name.rstrip('_')}__"):
        HANDLERS[_path] = _operator(_operation)
for _kind in ("str", "bytes", "list", "int"):
    HANDLERS[f"builtins.{_kind}.__add__"] = _operator(ast.Add)
    HANDLERS[f"builtins.{_kind}.__mod__"] = _operator(ast.Mod)


@handles("operator.eq", "operator.__eq__")
def _equal(run: Run, call: Call) -> Value:
    return compared(ast.Eq, call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN)


@handles("operator.not_")
def _not(run: Run, call: Call) -> Value:
    return unary(ast.Not, call.argument(0) or UNKNOWN)


@handles("functools.partialmethod")
def _partial_method(run: Run, call: Call) -> Value:
    function, *bound = call.arguments or [UNKNOWN]

    def follow(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return run.call(function, Call(call.node, [*given[:1], *bound, *given[1:]], {**call.keywords, **named}))

    return Descriptor("method", Native(follow))


@handles("functools.partial")
def _partial(run: Run, call: Call) -> Value:
    if not call.arguments:
        return UNKNOWN
    return Partial(call.arguments[0], list(call.arguments[1:]), dict(call.keywords))


@handles("types.MethodType")
def _method_type(run: Run, call: Call) -> Value:
    return Bound(call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN)


@handles("functools.reduce", "itertools.accumulate")
def _reduce(run: Run, call: Call) -> Value:
    function, source = call.argument(0) or UNKNOWN, call.argument(1) or UNKNOWN
    found = elements(run, source, call.node)
    items = found.items if found.known else []
    start = call.argument(2, "initial")
    items = [start, *items] if start is not None else items
    if not items:
        return UNKNOWN
    result = items[0]
    for item in items[1:]:
        result = run.call(function, Call(call.node, [result, item], {}))
    return result


def reduced(items: Sequence[Value], start: Value) -> Value:
    """Return the sum of values."""
    result = start
    for item in items:
        result = binary(ast.Add, result, item)
    return result


@handles("builtins.property", "functools.cached_property")
def _property(run: Run, call: Call) -> Value:
    return Descriptor("property", call.argument(0, "fget") or UNKNOWN)


@handles("builtins.staticmethod")
def _staticmethod(run: Run, call: Call) -> Value:
    return Descriptor("static", call.argument(0) or UNKNOWN)


@handles("builtins.classmethod")
def _classmethod(run: Run, call: Call) -> Value:
    return Descriptor("class", call.argument(0) or UNKNOWN)


@handles(
    "functools.lru_cache",
    "functools.cache",
    "functools.singledispatch",
    "contextlib.contextmanager",
    "contextlib.asynccontextmanager",
    "contextlib.nullcontext",
    "contextlib.closing",
    "asyncio.run",
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.shield",
    "asyncio.get_event_loop().run_until_complete",
    "asyncio.new_event_loop().run_until_complete",
    "asyncio.Runner().run",
    "typing.no_type_check",
    "typing.final",
    "typing.overload",
    "weakref.proxy",
    "weakref.ref",
    "builtins.memoryview",
    "dataclasses.dataclass",
)
def _same(run: Run, call: Call) -> Value:
    return call.argument(0) or UNKNOWN


@handles("functools.wraps", "functools.update_wrapper", "functools.total_ordering")
def _wraps(run: Run, call: Call) -> Value:
    return Native(lambda given, named: given[0] if given else UNKNOWN)


@handles("contextlib.ExitStack().enter_context", "contextlib.AsyncExitStack().enter_async_context")
def _entered(run: Run, call: Call) -> Value:
    return entered(run, call.argument(0, "cm") or UNKNOWN, call.node)


@handles("asyncio.gather", "asyncio.wait")
def _gather(run: Run, call: Call) -> Value:
    return Items(list(call.arguments))


@handles("operator.call", "contextvars.Context().run", "contextvars.copy_context().run", "asyncio.to_thread")
def _called(run: Run, call: Call) -> Value:
    return run.call(call.argument(0) or UNKNOWN, call._replace(arguments=call.arguments[1:]))


@handles("builtins.apply")
def _apply(run: Run, call: Call) -> Value:
    arguments, keywords = call.argument(1), call.argument(2)
    positional = arguments.items if isinstance(arguments, Items) else []
    named = {str(key): value for key, value in keywords.entries.items()} if isinstance(keywords, Table) else {}
    return run.call(call.argument(0) or UNKNOWN, Call(call.node, positional, named))


@handles("typing.cast")
def _cast(run: Run, call: Call) -> Value:
    declared = run.typed(_node(call, 0, "typ"))
    value = call.argument(1, "val") or UNKNOWN
    says_more = isinstance(declared, Reference) and run.world.watches(declared.path)
    return declared if says_more or value is UNKNOWN else value


@handles(
    "dataclasses.field", "attr.ib", "attr.attrib", "attr.field", "attrs.field", "pydantic.Field", "typer.Option",
    "typer.Argument", "fastapi.Query", "fastapi.Body", "fastapi.Form", "fastapi.Header", "fastapi.Cookie",
)  # fmt: skip
def _field(run: Run, call: Call) -> Value:
    factory = call.keywords.get("default_factory") or call.keywords.get("factory")
    if factory is not None:
        return run.call(factory, Call(call.node, [], {}))
    return call.argument(0, "default") or UNKNOWN


@handles("typing.get_type_hints")
def _type_hints(run: Run, call: Call) -> Value:
    function = call.argument(0, "obj")
    if isinstance(function, Function):
        arguments = function.node.args
        for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if isinstance(parameter.annotation, ast.Constant):
                text = Constant(parameter.annotation.value)
                run.call(Reference("builtins.eval"), Call(call.node, [text], {}))
    return UNKNOWN


@handles("typing.TypeVar", "typing.NewType", "typing.ForwardRef", "typing.TypeAliasType")
def _type_variable(run: Run, call: Call) -> Value:
    if isinstance(call.node, ast.Call):
        first = 0 if not call.node.keywords and len(call.node.args) == 1 else 1
        for node in (*call.node.args[first:], *(keyword.value for keyword in call.node.keywords)):
            run.typed(node)
    return UNKNOWN


def _node(call: Call, position: int, keyword: str) -> ast.expr | None:
    if not isinstance(call.node, ast.Call):
        return None
    if position < len(call.node.args):
        return call.node.args[position]
    return next((one.value for one in call.node.keywords if one.arg == keyword), None)


@handles("codecs.decode", "codecs.encode")
def _codecs(run: Run, call: Call) -> Value:
    import codecs

    how = call.argument(1, "encoding") or Constant("utf-8")
    return folded(lambda data, codec: codecs.decode(data, known_codec(codec)), call.argument(0, "obj") or UNKNOWN, how)


@handles("typing.TypedDict", "typing_extensions.TypedDict", "typing.NamedTuple")
def _fields(run: Run, call: Call) -> Value:
    if isinstance(call.node, ast.Call):
        for node in (*call.node.args[1:], *(keyword.value for keyword in call.node.keywords)):
            for part in node.values if isinstance(node, ast.Dict) else getattr(node, "elts", [node]):
                run.typed(part.elts[1] if isinstance(part, ast.Tuple) and len(part.elts) == 2 else part)
    return UNKNOWN


for _name in ("typing_extensions.cast", "typing_extensions.TypeVar", "typing_extensions.NewType"):
    HANDLERS[_name] = HANDLERS[_name.replace("_extensions", "")]
