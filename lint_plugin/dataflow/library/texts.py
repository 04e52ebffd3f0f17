"""Objects of the standard library that hold text: buffers, templates, paths, exceptions, and ``str`` of an object."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lint_plugin.dataflow.attributes import class_attribute
from lint_plugin.dataflow.concrete import concrete_text, lifted
from lint_plugin.dataflow.constants import concatenated, folded
from lint_plugin.dataflow.library.objects import record
from lint_plugin.dataflow.library.registry import HANDLERS, handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Bound,
    Class,
    Constant,
    Instance,
    Items,
    Native,
    Reference,
    Text,
    Value,
    either,
    options,
)

if TYPE_CHECKING:
    from pathlib import PurePosixPath

_PLACEHOLDER = r"\$(?:(\$)|(\w+)|\{(\w+)\})"


@handles("builtins.str")
def _str(run: Run, call: Call) -> Value:
    value = call.argument(0, "object") or Constant("")
    more = [*call.arguments[1:], *call.keywords.values()]
    return either([_text(run, call, option, more) for option in options(value)])


@handles("builtins.repr")
def _repr(run: Run, call: Call) -> Value:
    value = call.argument(0) or UNKNOWN
    method = class_attribute(value.cls, "__repr__") if isinstance(value, Instance) else None
    return folded(repr, value) if method is None else run.call(Bound(method, value), Call(call.node, [], {}))


def _text(run: Run, call: Call, value: Value, more: list[Value]) -> Value:
    if isinstance(value, Text):
        return value
    if isinstance(value, Instance):
        return shown(run, call, value)
    return folded(str, value, *more)


def shown(run: Run, call: Call, value: Instance) -> Value:
    """Return what ``str`` makes of an object."""
    for name in ("__str__", "__repr__"):
        method = class_attribute(value.cls, name)
        if method is not None:
            return run.call(Bound(method, value), Call(call.node, [], {}))
    arguments = value.attributes.get("args")
    return arguments.items[0] if isinstance(arguments, Items) and len(arguments.items) == 1 else UNKNOWN


def _exception(name: str) -> None:
    @handles(f"builtins.{name}")
    def follow(run: Run, call: Call) -> Value:
        cls = Class(name, {}, [Reference(f"builtins.{name}")])
        return Instance(cls, {"args": Items(list(call.arguments), tuple)})


for _name, _object in vars(builtins).items():
    if isinstance(_object, type) and issubclass(_object, BaseException):
        _exception(_name)


@handles("io.StringIO", "io.BytesIO")
def _buffer(run: Run, call: Call) -> Value:
    pieces = list(call.arguments[:1])

    def write(given: Sequence[Value], named: dict[str, Value]) -> Value:
        pieces.extend(given[:1])
        return UNKNOWN

    def content(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return concatenated(pieces)

    def lines(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return folded(lambda text: text.splitlines(keepends=True), concatenated(pieces))

    return record("Buffer", write=write, getvalue=content, read=content, readlines=lines, __iter__=lines)


@handles("pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath", "pathlib.PosixPath")
def _path(run: Run, call: Call) -> Value:
    parts = [concrete_text(argument) for argument in call.arguments]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return UNKNOWN
    # It loads much, and few files make a name with it.
    from pathlib import PurePosixPath

    path = PurePosixPath(*known)
    found = record("Path", as_posix=lambda given, named: Constant(str(path)))
    found.attributes["with_suffix"] = Native(lambda given, named: _with_suffix(run, call, path, given))
    for name in ("name", "stem", "suffix"):
        found.attributes[name] = Constant(getattr(path, name))
    found.attributes["parts"] = lifted(path.parts)
    found.attributes["args"] = Items([Constant(str(path))])
    return found


def _with_suffix(run: Run, call: Call, path: PurePosixPath, given: Sequence[Value]) -> Value:
    text = folded(lambda suffix: str(path.with_suffix(suffix)), given[0] if given else Constant(""))
    return _path(run, call._replace(arguments=[text]))


@handles("array.array")
def _array(run: Run, call: Call) -> Value:
    content = HANDLERS["builtins.bytes"](run, call._replace(arguments=call.arguments[1:]))

    def as_bytes(given: Sequence[Value], named: dict[str, Value]) -> Value:
        return content

    return record("array", tobytes=as_bytes) if concrete_text(call.argument(0) or UNKNOWN) in ("b", "B") else UNKNOWN


@handles("string.Template")
def _template(run: Run, call: Call) -> Value:
    template = concrete_text(call.argument(0, "template") or UNKNOWN)

    def substitute(given: Sequence[Value], named: dict[str, Value]) -> Value:
        mapping = HANDLERS["builtins.dict"](run, Call(call.node, given[:1], named))
        entries = getattr(mapping, "entries", {})
        return _substituted(template, entries) if template is not None else UNKNOWN

    return record("Template", substitute=substitute, safe_substitute=substitute)


def _substituted(template: str, entries: dict[object, Value]) -> Value:
    pieces: list[Value] = []
    end = 0
    for found in re.finditer(_PLACEHOLDER, template):
        dollar, *names = found.groups()
        pieces.append(Constant(template[end : found.start()]))
        pieces.append(Constant("$") if dollar else entries.get(names[0] or names[1], UNKNOWN))
        end = found.end()
    return concatenated([*pieces, Constant(template[end:])])
