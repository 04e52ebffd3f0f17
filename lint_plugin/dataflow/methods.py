"""Folds the methods of texts, bytes, lists and dictionaries, and follows those that change a list or dictionary."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from typing import Any

from lint_plugin.dataflow.concrete import LONGEST_TEXT, MOST_ITEMS, NotConstantError, concrete, lifted
from lint_plugin.dataflow.constants import concatenated, folded, formatted
from lint_plugin.dataflow.values import (
    UNKNOWN,
    Class,
    Constant,
    Instance,
    Items,
    Method,
    Reference,
    Table,
    Text,
    Value,
    either,
    options,
    same,
)

# Methods without effects, whose result is about as large as what they are given.
_PURE = frozenset({
    "capitalize", "casefold", "count", "decode", "encode", "endswith", "find", "hex", "index", "isalnum", "isalpha",
    "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle",
    "isupper", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix", "rfind", "rindex",
    "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "swapcase", "title", "translate",
    "upper", "bit_length", "to_bytes", "as_integer_ratio", "conjugate", "is_integer", "tobytes", "difference", "union",
    "intersection", "issubset", "issuperset", "indices",
})  # fmt: skip
_GROWING = {"center", "ljust", "rjust", "zfill", "expandtabs", "replace", "join"}
_CODECS = frozenset({
    "utf8", "utf-8", "utf_8", "u8", "utf-8-sig", "ascii", "us-ascii", "latin1", "latin-1", "latin_1", "iso-8859-1",
    "iso8859-1", "l1", "cp1252", "cp437", "utf-16", "utf16", "utf_16", "utf-16-le", "utf-16-be", "utf_16_le",
    "utf_16_be", "utf-16le", "utf-16be", "utf-32", "utf32", "utf-32-le", "utf-32-be", "utf-7", "utf7", "utf_7",
    "rot13", "rot_13", "rot-13", "hex", "hex_codec", "base64", "base64_codec", "base-64", "unicode_escape",
    "unicode-escape", "raw_unicode_escape", "raw-unicode-escape", "punycode", "uu", "quopri", "idna",
    "quoted-printable", "cp037", "cp500", "cp1140",
})  # fmt: skip


def known_codec(name: object) -> str:
    """Return the name of a codec.

    Raises:
        NotConstantError: it is not one of those that we run: they come with Python, and cannot grow without bound.
    """
    if not isinstance(name, str) or name.lower() not in _CODECS:
        raise NotConstantError
    return name


def call_method(method: Method, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    """Return what a method of a built-in type returns, after its effect on a list or dictionary."""
    receiver, name = method.receiver, method.name
    if name in _PARTLY_KNOWN:
        return _PARTLY_KNOWN[name](receiver, arguments, keywords)
    if isinstance(receiver, Items):
        return _of_items(receiver, name, arguments)
    if isinstance(receiver, Table):
        return _of_table(receiver, name, arguments, keywords)
    return _of_constant(receiver, name, arguments, keywords)


def _of_constant(receiver: Value, name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    if isinstance(receiver, Text):
        # A test of the beginning can be decided; whatever changes the text makes it unknown.
        return receiver if name in ("strip", "rstrip", "lower", "casefold") else UNKNOWN
    names = list(keywords)

    def apply(text: Any, *given: Any) -> object:
        positional = given[: len(arguments)]
        named = dict(zip(names, given[len(arguments) :], strict=True))
        return _applied(text, name, positional, named)

    return folded(apply, receiver, *arguments, *keywords.values())


def _applied(receiver: Any, name: str, positional: tuple[Any, ...], named: dict[str, Any]) -> object:
    if name in _GROWING:
        _refuse_growth(receiver, name, positional)
    elif name not in _PURE:
        raise NotConstantError
    if name in ("decode", "encode"):
        known_codec(named.get("encoding", positional[0] if positional else "utf-8"))
    if name == "to_bytes" and positional and positional[0] > LONGEST_TEXT:
        raise NotConstantError
    return getattr(receiver, name)(*positional, **named)


def _refuse_growth(receiver: Any, name: str, positional: tuple[Any, ...]) -> None:
    if name == "join":
        size = sum(len(piece) for piece in positional[0]) + len(receiver) * len(positional[0])
    elif name == "replace":
        size = (len(receiver) + 1) * max(len(positional[1]), 1)
    elif name == "expandtabs":
        size = len(receiver) * (positional[0] if positional else 8)
    else:
        size = positional[0]
    if size > 4 * LONGEST_TEXT:
        raise NotConstantError


def _join(receiver: Value, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    whole = _of_constant(receiver, "join", arguments, keywords)
    given = arguments[0] if arguments else UNKNOWN
    if whole is not UNKNOWN or not isinstance(given, Items):
        return whole
    pieces: list[Value] = []
    for item in given.items:
        pieces += [receiver, item]
    return concatenated(pieces[1:])


def _format(receiver: Value, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    return either(_format_once(template, arguments, keywords) for template in options(receiver))


def _format_once(receiver: Value, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    if not isinstance(receiver, Constant) or not isinstance(receiver.data, str):
        return receiver if isinstance(receiver, Text) else UNKNOWN
    try:
        fields = list(string.Formatter().parse(receiver.data))
    except ValueError:
        return UNKNOWN
    pieces: list[Value] = []
    automatic = iter(range(len(arguments)))
    for literal, field, specification, conversion in fields:
        pieces.append(Constant(literal))
        if field is not None:
            value = _field(field, automatic, arguments, keywords)
            code = ord(conversion) if conversion else -1
            pieces.append(formatted(value, code, Constant(specification or "")))
    return concatenated(pieces)


def _field(field: str, automatic: Any, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    first = field.replace("[", ".[").split(".")
    name = first[0]
    if name == "" or name.isdecimal():
        index = next(automatic, len(arguments)) if name == "" else int(name)
        value = arguments[index] if index < len(arguments) else UNKNOWN
    else:
        value = keywords.get(name, UNKNOWN)
    for step in first[1:]:
        value = _element(value, step[1:-1]) if step.startswith("[") else _attribute(value, step)
    return value


def _element(value: Value, key: str) -> Value:
    if isinstance(value, Items) and key.isdecimal():
        return value.items[int(key)] if int(key) < len(value.items) else UNKNOWN
    return value.entries.get(key, UNKNOWN) if isinstance(value, Table) else UNKNOWN


def _attribute(value: Value, name: str) -> Value:
    return value.attributes.get(name, UNKNOWN) if isinstance(value, (Class, Instance)) else UNKNOWN


def _format_map(receiver: Value, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    given = arguments[0] if arguments else UNKNOWN
    entries = given.entries if isinstance(given, Table) else {}
    return _format(receiver, (), {str(key): value for key, value in entries.items()})


def _startswith(receiver: Value, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    if isinstance(receiver, Text) and len(arguments) == 1:
        return folded(lambda start: receiver.prefix.startswith(start) or _undecided(), arguments[0])
    return _of_constant(receiver, "startswith", arguments, keywords)


def _undecided() -> bool:
    raise NotConstantError


_PARTLY_KNOWN: dict[str, Callable[[Value, Sequence[Value], dict[str, Value]], Value]] = {
    "join": _join,
    "format": _format,
    "format_map": _format_map,
    "startswith": _startswith,
}


def _of_items(receiver: Items, name: str, arguments: Sequence[Value]) -> Value:
    change = _LIST_CHANGES.get(name)
    if change is not None:
        try:
            return change(receiver, *arguments)
        except (NotConstantError, TypeError, IndexError, ValueError):
            return UNKNOWN
    return _of_constant(receiver, name, arguments, {}) if name in ("count", "index") or name in _PURE else UNKNOWN


def _append(receiver: Items, item: Value) -> Value:
    if len(receiver.items) < MOST_ITEMS:
        receiver.items.append(item)
    return Constant(None)


def _extend(receiver: Items, more: Value) -> Value:
    if isinstance(more, Items) and len(receiver.items) + len(more.items) <= MOST_ITEMS:
        receiver.items.extend(more.items)
    elif isinstance(more, Constant) and isinstance(more.data, (str, bytes)) and len(more.data) <= MOST_ITEMS:
        receiver.items.extend(lifted(piece) for piece in more.data)
    return Constant(None)


def _remove(receiver: Items, item: Value) -> Value:
    for place, other in enumerate(receiver.items):
        if same(item, other):
            del receiver.items[place]
            break
    return Constant(None)


def _insert(receiver: Items, place: Value, item: Value) -> Value:
    index = concrete(place)
    if isinstance(index, int) and len(receiver.items) < MOST_ITEMS:
        receiver.items.insert(index, item)
    return Constant(None)


def _pop(receiver: Items, place: Value = Constant(-1)) -> Value:  # noqa: B008 - a constant is not changed
    index = concrete(place)
    return receiver.items.pop(index) if isinstance(index, int) else UNKNOWN


def _popleft(receiver: Items) -> Value:
    return receiver.items.pop(0)


def _appendleft(receiver: Items, item: Value) -> Value:
    return _insert(receiver, Constant(0), item)


def _reverse(receiver: Items) -> Value:
    receiver.items.reverse()
    return Constant(None)


def _sort(receiver: Items) -> Value:
    ordered = sorted(concrete(item) for item in receiver.items)  # type: ignore[type-var]  # the program's own error
    receiver.items[:] = [lifted(item) for item in ordered]
    return Constant(None)


def _clear(receiver: Items) -> Value:
    receiver.items.clear()
    return Constant(None)


def _copy(receiver: Items) -> Value:
    return Items(list(receiver.items), receiver.kind)


_LIST_CHANGES: dict[str, Callable[..., Value]] = {
    "append": _append,
    "add": _append,
    "appendleft": _appendleft,
    "clear": _clear,
    "copy": _copy,
    "extend": _extend,
    "update": _extend,
    "insert": _insert,
    "remove": _remove,
    "discard": _remove,
    "pop": _pop,
    "popleft": _popleft,
    "reverse": _reverse,
    "sort": _sort,
}


def _of_table(receiver: Table, name: str, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    entries = receiver.entries
    if name == "update":
        return _update(receiver, arguments, keywords)
    if name in ("keys", "values", "items", "copy"):
        return _view(receiver, name)
    if name in ("get", "pop", "setdefault", "__getitem__") and arguments:
        found = look_up(receiver, arguments[0])
        if name == "pop" and isinstance(arguments[0], Constant):
            entries.pop(arguments[0].data, None)
        if found is None:
            declared = receiver.default if isinstance(receiver.default, Reference) else Constant(None)
            found = arguments[1] if len(arguments) > 1 else declared
        if name == "setdefault":
            store(receiver, arguments[0], found)
        return found
    if name == "__setitem__" and len(arguments) == 2:
        store(receiver, arguments[0], arguments[1])
    if name == "popitem" and entries:
        key, value = entries.popitem()
        return Items([lifted(key), value], tuple)
    return UNKNOWN


def _view(receiver: Table, name: str) -> Value:
    entries = receiver.entries
    if name == "copy":
        copied = Table(dict(entries))
        copied.default = receiver.default
        return copied
    if name == "keys":
        return Items([lifted(key) for key in entries])
    pairs: list[tuple[Value, Value]] = [(lifted(key), value) for key, value in entries.items()]
    if not pairs and receiver.default is not None:
        pairs.append((UNKNOWN, receiver.default))
    return Items([value if name == "values" else Items([key, value], tuple) for key, value in pairs])


def _update(receiver: Table, arguments: Sequence[Value], keywords: dict[str, Value]) -> Value:
    for argument in arguments:
        if isinstance(argument, Table):
            receiver.entries.update(argument.entries)
        elif isinstance(argument, Items):
            for pair in argument.items:
                if isinstance(pair, Items) and len(pair.items) == 2:
                    store(receiver, pair.items[0], pair.items[1])
    receiver.entries.update(keywords)
    return Constant(None)


def look_up(table: Table, key: Value) -> Value | None:
    """Return the entry of a dictionary: of each alternative of the key; ``None`` when it certainly has none."""
    found: list[Value] = []
    for option in options(key):
        try:
            entry = table.entries.get(concrete(option))
        except (NotConstantError, TypeError):
            return either(table.entries.values())
        if entry is not None:
            found.append(entry)
    return either(found) if found else None


def store(table: Table, key: Value, value: Value) -> None:
    """Set an entry of a dictionary, when its key is known."""
    try:
        if len(table.entries) < MOST_ITEMS:
            table.entries[concrete(key)] = value
    except (NotConstantError, TypeError):
        return
