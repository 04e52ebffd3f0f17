"""Functions of the standard library without effects: their result is computed when their arguments are known."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from lint_plugin.dataflow.concrete import LONGEST_TEXT, NotConstantError
from lint_plugin.dataflow.constants import folded, formatted
from lint_plugin.dataflow.library.registry import HANDLERS, handles
from lint_plugin.dataflow.run import Call, Handler, Run
from lint_plugin.dataflow.values import UNKNOWN, Constant, Value

# Built-in functions and functions of these modules that only compute, in time that the size of their input bounds.
_BUILTINS: dict[str, Callable[..., Any]] = {
    "len": len, "ord": ord, "chr": chr, "int": int, "float": float, "bool": bool, "ascii": ascii,
    "hex": hex, "oct": oct, "bin": bin, "abs": abs, "round": round, "divmod": divmod,
    "any": any, "all": all, "slice": slice, "int.from_bytes": int.from_bytes, "bytes.fromhex": bytes.fromhex,
    "bytearray.fromhex": bytes.fromhex, "str.maketrans": str.maketrans, "bytes.maketrans": bytes.maketrans,
}  # fmt: skip
_MODULES = {
    "base64": (
        "b64decode", "standard_b64decode", "urlsafe_b64decode", "b32decode", "b32hexdecode", "b16decode", "a85decode",
        "b85decode", "decodebytes", "b64encode", "standard_b64encode", "urlsafe_b64encode", "b32encode", "b16encode",
        "a85encode", "b85encode", "encodebytes",
    ),
    "binascii": (
        "a2b_base64", "a2b_hex", "unhexlify", "a2b_qp", "a2b_uu", "b2a_base64", "b2a_hex", "hexlify", "b2a_qp",
        "b2a_uu",
    ),
    "urllib.parse": ("unquote", "unquote_plus", "unquote_to_bytes", "quote", "quote_plus"),
    "html": ("unescape", "escape"),
    "json": ("loads", "dumps"),
    "ast": ("literal_eval",),
    "textwrap": ("dedent",),
    "string": ("capwords",),
    "os.path": ("join", "basename", "dirname", "splitext", "split", "normpath"),
    "unicodedata": ("normalize", "lookup"),
    "shlex": ("split", "quote", "join"),
    "re": ("escape",),
    "inspect": ("cleandoc",),
    "sys": ("intern",),
}  # fmt: skip


def _pure(path: str, function: Callable[..., Any] | None) -> Handler:
    def follow(run: Run, call: Call) -> Value:
        if not call.complete:
            return UNKNOWN
        names = list(call.keywords)
        count = len(call.arguments)
        compute = function or _imported(path)
        return folded(
            lambda *given: compute(*given[:count], **dict(zip(names, given[count:], strict=True))),
            *call.arguments,
            *call.keywords.values(),
        )

    return follow


def _imported(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function


for _name, _function in _BUILTINS.items():
    HANDLERS[f"builtins.{_name}"] = _pure(f"builtins.{_name}", _function)
for _module, _names in _MODULES.items():
    for _name in _names:
        HANDLERS[f"{_module}.{_name}"] = _pure(f"{_module}.{_name}", None)


@handles("builtins.bytes", "builtins.bytearray")
def _bytes(run: Run, call: Call) -> Value:
    def bounded(data: Any = b"", *more: Any) -> object:
        if isinstance(data, int) and data > LONGEST_TEXT:
            raise NotConstantError
        return bytes(data, *more)

    return folded(bounded, *call.arguments, *call.keywords.values())


@handles("builtins.format")
def _format(run: Run, call: Call) -> Value:
    return formatted(call.argument(0) or UNKNOWN, -1, call.argument(1) or Constant(""))


@handles("zlib.decompress", "gzip.decompress", "bz2.decompress", "lzma.decompress")
def _decompress(run: Run, call: Call) -> Value:
    return folded(_decompressed, call.argument(0, "data") or UNKNOWN)


def _decompressed(data: bytes) -> bytes:
    import bz2
    import lzma
    import zlib

    for make in (lambda: zlib.decompressobj(47), bz2.BZ2Decompressor, lzma.LZMADecompressor):
        try:
            # The output is bounded whatever the input says.
            result: bytes = make().decompress(data, LONGEST_TEXT)
        except (zlib.error, OSError, lzma.LZMAError):
            continue
        return result
    raise NotConstantError


@handles("struct.pack")
def _pack(run: Run, call: Call) -> Value:
    return _struct(call, "pack")


@handles("struct.unpack")
def _unpack(run: Run, call: Call) -> Value:
    return _struct(call, "unpack")


def _struct(call: Call, name: str) -> Value:
    import struct

    def bounded(layout: str, *given: Any) -> object:
        if struct.calcsize(layout) > LONGEST_TEXT:
            raise NotConstantError
        return getattr(struct, name)(layout, *given)

    return folded(bounded, *call.arguments)


@handles("re.sub", "re.split", "re.findall")
def _regular_expression(run: Run, call: Call) -> Value:
    import re

    function = getattr(re, "sub" if len(call.arguments) >= 3 else "findall")

    def bounded(pattern: str, *given: Any) -> object:
        _refuse_search(pattern, given[-1])
        return function(pattern, *given)

    return folded(bounded, *call.arguments)


@handles("re.groups")
def _groups(run: Run, call: Call) -> Value:
    """The groups of `re.match` and its like, the whole first: no function of Python, but what all of them share."""
    import re

    def bounded(pattern: str, text: str) -> object:
        _refuse_search(pattern, text)
        found = re.search(pattern, text)
        if found is None:
            raise NotConstantError
        return found[0], *found.groups()

    return folded(bounded, call.argument(0, "pattern") or UNKNOWN, call.argument(1, "string") or UNKNOWN)


def _refuse_search(pattern: str, text: str) -> None:
    # A pattern with more than one quantifier may take for ever; with three, not in a short text and next to each other.
    quantifiers = sum(pattern.count(mark) for mark in "*+{?") - pattern.count("(?")
    nested = any(f"){mark}" in pattern for mark in "*+{")
    if len(pattern) > 60 or quantifiers > 3 or nested or len(text) > (1_000 if quantifiers < 2 else 80):
        raise NotConstantError
