"""Writes declarations as Python."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, NamedTuple

from tracing_facade.registry import AttributeSpec, EventSpec, SpanSpec
from tracing_facade.registry.kinds import TYPE_NAMES

_WIDTH = 100
_KINDS: tuple[Any, ...] = (AttributeSpec, EventSpec, SpanSpec)


def as_python(specs: Iterable[SpanSpec], title: str) -> str:
    """Return a module of declarations: attributes and events first, each once, then the spans that use them.

    Args:
        specs: the spans.
        title: the docstring of the module.
    """
    writer = _Writer()
    for spec in specs:
        writer.constant(spec)
    names = ", ".join(sorted(writer.used))
    head = f'"""{title}"""\n\nfrom __future__ import annotations\n\nfrom tracing_facade import {names}\n'
    parts = ["\n".join(lines) for lines in writer.statements.values() if lines]
    return "\n\n".join([head.rstrip("\n"), *parts]) + "\n"


class _Writer:
    def __init__(self) -> None:
        self.used: set[str] = set()
        self.statements: dict[Any, list[str]] = {kind: [] for kind in _KINDS}
        self._constants: dict[Any, str] = {}
        self._taken: set[str] = set()

    def constant(self, spec: Any) -> str:
        """Return the constant of a declaration, which is written when it is first asked for."""
        if spec not in self._constants:
            # What it is made of is written before it.
            arguments = list(self._arguments(spec))
            self._constants[spec] = self._free_name(spec)
            text = _statement(self._constants[spec], type(spec).__name__, arguments)
            self.statements[type(spec)].append(text)
            self.used.add(type(spec).__name__)
        return self._constants[spec]

    def _free_name(self, spec: Any) -> str:
        name = spec.key if isinstance(spec, AttributeSpec) else spec.name
        plain = re.sub(r"\W", "_", name, flags=re.ASCII).upper()
        candidates = [plain, f"{plain}_{type(spec).__name__.removesuffix('Spec').upper()}"]
        free = next((each for each in candidates if each not in self._taken), None)
        number = 2
        while free is None:
            numbered = f"{plain}_{number}"
            free = numbered if numbered not in self._taken else None
            number += 1
        self._taken.add(free)
        return free

    def _arguments(self, spec: Any) -> Iterator[_Argument]:
        for item in fields(spec):
            value = getattr(spec, item.name)
            if item.default is MISSING:
                yield self._argument("", value)
            elif value != item.default:
                # Of an attribute the type is the only other argument without a name.
                yield self._argument("" if item.name == "type" else f"{item.name}=", value)

    def _argument(self, name: str, value: Any) -> _Argument:
        if isinstance(value, tuple):
            return _Argument(name, "", [self._written(item) for item in value])
        if isinstance(value, str):
            return _Argument(name, _text(value), [_text(part) for part in _parts(value)])
        return _Argument(name, self._written(value), [])

    def _written(self, value: Any) -> str:
        if isinstance(value, Enum):
            self.used.add(type(value).__name__)
            return f"{type(value).__name__}.{value.name}"
        if isinstance(value, (AttributeSpec, EventSpec)):
            return self.constant(value)
        if isinstance(value, str):
            return _text(value)
        return repr(value) if isinstance(value, (bool, int, float)) else TYPE_NAMES[value]


class _Argument(NamedTuple):
    """An argument, its name with the sign behind it: an expression, or a tuple if there is none, and its parts."""

    name: str
    expression: str
    parts: list[str]

    def on_one_line(self) -> str:
        comma = "," if len(self.parts) == 1 else ""
        joined = ", ".join(self.parts)
        return f"{self.name}{self.expression or f'({joined}{comma})'}"

    def on_several(self) -> str:
        line = self.on_one_line()
        if len(line) <= _WIDTH or not self.parts:
            return line
        comma = "" if self.expression else ","
        inner = "".join(f"        {part}{comma}\n" for part in self.parts)
        return f"{self.name}(\n{inner}    )"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    shown = (each if each.isprintable() else each.encode("unicode_escape").decode() for each in escaped)
    return f'"{"".join(shown)}"'


def _parts(text: str) -> list[str]:
    """Return the pieces of a text, each as long as a line can be; together they are the text."""
    return textwrap.wrap(
        text, _WIDTH, expand_tabs=False, replace_whitespace=False, drop_whitespace=False, break_on_hyphens=False
    )


def _statement(constant: str, maker: str, arguments: list[_Argument]) -> str:
    line = f"{constant} = {maker}({', '.join(argument.on_one_line() for argument in arguments)})"
    if len(line) <= _WIDTH:
        return line
    inner = "".join(f"    {argument.on_several()},\n" for argument in arguments)
    return f"{constant} = {maker}(\n{inner})"
