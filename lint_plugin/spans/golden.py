"""The golden file: what a program promises, as text that a version control system shows well.

It holds BETA and STABLE declarations only, sorted, without what nobody relies on (briefs, thresholds). A change of it
is a change of a promise, so those who answer for the promises should own the file.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any

import yaml

from lint_plugin.spans.promises import promised
from tracing_facade.errors import DeclarationError
from tracing_facade.registry import AttributeSpec, EventSpec, SpanKind, SpanSpec
from tracing_facade.registry.kinds import TYPE_NAMES
from tracing_facade.stability import Stability

FORMAT = "tracing-facade/spans/v1"
_TYPES = {name: kind for kind, name in TYPE_NAMES.items()}


class GoldenFileError(Exception):
    """A golden file that cannot be used; the message names the file, the place in it and what to do."""


def dump(specs: Iterable[SpanSpec], paths: Sequence[str]) -> str:
    """Return the text of the golden file.

    Args:
        specs: all declarations; what promises nothing is left out.
        paths: of the files with the declarations, for the note on how to write it anew.
    """
    command = f"tracing-lint spans golden {' '.join(map(shlex.quote, paths))} --output THIS_FILE"
    head = f"# What readers of traces may rely on. Not written by hand, but by:\n#   {command}\n"
    document = {"format": FORMAT, "spans": [as_mapping(spec) for spec in promised(specs)]}
    return head + yaml.safe_dump(document, sort_keys=False, width=110)


def as_mapping(spec: Any) -> dict[str, Any]:
    """Return a declaration as plain data, without what it leaves at its default; its level is always there."""
    found = {}
    for item in fields(spec):
        value = getattr(spec, item.name)
        default = item.default if item.default is not MISSING else None
        if value != default or item.name in ("stability", "type", "kind"):
            found[item.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, (AttributeSpec, EventSpec)):
        return as_mapping(value)
    # A type can be a key, a value cannot always.
    return TYPE_NAMES[value] if isinstance(value, type) or hasattr(value, "__origin__") else value


def load(text: str, path: str) -> list[SpanSpec]:
    """Return the promises in a golden file.

    Raises:
        GoldenFileError: it is none.
    """
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise GoldenFileError(
            f"{path}: is not YAML: {error}; write it anew with `tracing-lint spans golden`"
        ) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise GoldenFileError(
            f"{path}: is no golden file, which begins with `format: {FORMAT}`; "
            "name another file, or write this one with `tracing-lint spans golden`"
        )
    return [_made(SpanSpec, item, f"{path}: spans[{index}]") for index, item in enumerate(_listed(document, path))]


def _listed(document: Mapping[str, Any], path: str) -> list[Any]:
    found = document.get("spans")
    if not isinstance(found, list):
        raise GoldenFileError(f"{path}: spans is no list; write it anew with `tracing-lint spans golden`")
    return found


def _made(kind: Any, item: Any, where: str) -> Any:
    allowed = [each.name for each in fields(kind)]
    if not isinstance(item, dict) or not set(item) <= set(allowed):
        raise GoldenFileError(f"{where} is {item!r}; a mapping with some of {', '.join(allowed)} is allowed")
    values = {key: _value(key, value, f"{where}.{key}") for key, value in item.items()}
    try:
        return kind(**values)
    except (DeclarationError, TypeError) as error:
        raise GoldenFileError(f"{where}: {error}") from error


def _value(key: str, value: Any, where: str) -> Any:
    if key in ("attributes", "events") and isinstance(value, list):
        kind = AttributeSpec if key == "attributes" else EventSpec
        return tuple(_made(kind, item, f"{where}[{index}]") for index, item in enumerate(value))
    read = _READERS.get(key)
    return read(value) if read and isinstance(value, str) else value


# What is not among the names stays as it is, and the declaration says what would be allowed.
_READERS: dict[str, Callable[[str], Any]] = {
    "kind": lambda name: SpanKind.__members__.get(name, name),
    "stability": lambda name: Stability.__members__.get(name, name),
    "type": lambda name: _TYPES.get(name, name),
}
