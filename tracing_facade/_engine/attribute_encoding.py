"""Attributes as OTLP ``KeyValue`` messages: fast for what is usual, and never raising for what is not.

What attributes can hold, and what becomes of it:

=====================================  ================================================================================
``str``, ``bool``, ``int``, ``float``  themselves; subclasses (enumerations too) as their plain value
``bytes``, ``bytearray``               ``bytes_value``
lists, tuples, sets                    ``array_value``; items of different types stay what they are
mappings                               ``kvlist_value``, with keys as text
None                                   a value that is not set
=====================================  ================================================================================

That is what OpenTelemetry's own encoder does. Where it fails, or writes what no receiver can read, the value becomes
something readable and is counted as ``attributes_coerced``:

=====================  ================================================================================================
``surrogates``         text with lone surrogates, which UTF-8 cannot carry: each becomes U+FFFD
``integer_range``      an integer beyond 64 bits: its decimal digits as text, or how long it is beyond 1,024 bits
``object``             any other object: its ``str()``; integers of other libraries (``__index__``) stay integers
``unreadable``         an object whose ``str()`` or iteration fails: a text that names its type
``too_deep``           lists and mappings more than 8 deep, or containing themselves: a text that says so
=====================  ================================================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from operator import index
from struct import Struct
from typing import TYPE_CHECKING, Any

from tracing_facade import selfmetrics
from tracing_facade._engine.protobuf import SMALL, delimited, head, varint
from tracing_facade.policy.refused import REFUSED

if TYPE_CHECKING:
    from tracing_facade.policy.attributes import AttributeRules

_DEEPEST = 8
_LONGEST_DECIMAL_BITS = 1024
_LONGEST_CACHED = 64
_LONGEST_CACHED_PAIR = 160
_MOST_KEYS = 512
_MOST_VALUES = 32

_double = Struct("<d").pack


class _PairCache(dict[str, dict[Any, bytes]]):
    """Encoded pairs by key and value; what does not fit finds an empty dict that is thrown away."""

    def __missing__(self, key: str) -> dict[Any, bytes]:
        cache: dict[Any, bytes] = {}
        if len(self) < _MOST_KEYS and type(key) is str and len(key) <= _LONGEST_CACHED:
            self[key] = cache
        return cache


class AttributeEncoder:
    """Encodes attributes into one field of a message, as the rules for them allow.

    Most attributes repeat: the same key always, the same value often. The first values of a key stay in a cache for
    good, so that a key whose values never repeat costs one look-up that fails instead of turning the cache over; and
    what is found there has been judged already. Integers and booleans have caches of their own since 1 == True would
    find each other's.

    Args:
        tag: the tag of the field.
        rules: judge every attribute; None encodes everything as it is.
    """

    def __init__(self, tag: int, rules: AttributeRules | None = None) -> None:
        self._tag = SMALL[tag]
        self._rules = rules
        self._renames = rules is not None and bool(rules.names)
        self._caches: dict[type, _PairCache] = {str: _PairCache(), int: _PairCache(), bool: _PairCache()}

    def encode(self, attributes: Mapping[str, Any]) -> bytes:
        """Return the attributes as a repeated field; those that are refused are left out."""
        if self._renames and self._rules is not None:
            attributes = self._rules.present(attributes)
        caches, pair = self._caches, self._pair
        return b"".join(
            [
                (caches[type(value)][key].get(value) if type(value) in caches else None) or pair(key, value)
                for key, value in attributes.items()
            ]
        )

    def passes_identifiers(self, key: str) -> bool:
        """Tell whether every UUID is encoded as it is when it is the value of this attribute."""
        return self._rules is None or self._rules.passes_identifiers(key)

    def passes_small_numbers(self, key: str) -> bool:
        """Tell whether every integer from 0 to 2**35 - 1 is encoded as it is when it is the value of this attribute."""
        return self._rules is None or self._rules.passes_small_numbers(key)

    def _pair(self, key: Any, value: Any) -> bytes:
        if self._rules is None:
            pair = self._tag + encode_pair(key, value)
        else:
            key = key if type(key) is str else readable(key)
            judged = self._rules.judge(key, value)
            if judged is REFUSED:
                return b""
            pair = b"".join([self._tag + encode_pair(name, judged) for name in self._rules.keys_for(key)])
            if judged is not value:
                return pair  # not cached, since each one has to be counted
        if type(value) in self._caches and len(pair) <= _LONGEST_CACHED_PAIR:
            _remember(self._caches[type(value)][key], value, pair)
        return pair


def encode_attributes(tag: int, attributes: Mapping[str, Any]) -> bytes:
    """Return the attributes as repeated field ``tag``, whatever they are."""
    return b"".join([SMALL[tag] + encode_pair(key, value) for key, value in attributes.items()])


def utf8(text: str) -> bytes:
    """Return text as UTF-8; lone surrogates become U+FFFD and are counted."""
    try:
        return str.encode(text)
    except UnicodeEncodeError:
        selfmetrics.COUNTERS.add("attributes_coerced", "surrogates")
        return str.encode(text, "utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def readable(value: Any) -> str:
    """Return ``str(value)``, or which type it is whose text cannot be read."""
    try:
        return str(value)
    except Exception:
        selfmetrics.COUNTERS.add("attributes_coerced", "unreadable")
        return f"<{type(value).__name__} whose text cannot be read>"


def encode_pair(key: Any, value: Any) -> bytes:
    """Return the length and content of a ``KeyValue``; the tag of the field is the caller's."""
    if type(value) is str:
        return _encode_string_pair(key, value)
    content = _any_value(value, 0)
    pair = _key(key) + head(0x12, len(content)) + content
    return varint(len(pair)) + pair


def _encode_string_pair(key: Any, value: str) -> bytes:
    content = utf8(value)
    heads = _string_heads[key]
    size = len(content)
    before = heads.get(size)
    if before is None:
        encoded_key = _key(key)
        inner = head(0x0A, size)
        outer = head(0x12, len(inner) + size)
        before = varint(len(encoded_key) + len(outer) + len(inner) + size) + encoded_key + outer + inner
        if size <= _LONGEST_CACHED:
            heads[size] = before
    return before + content


# What stands before a text of a given size is always the same.
_string_heads = _PairCache()


def _remember(cache: dict[Any, bytes], value: Any, pair: bytes) -> None:
    if len(cache) < _MOST_VALUES:
        cache[value] = pair


def _key(key: Any) -> bytes:
    return delimited(0x0A, utf8(key if isinstance(key, str) else readable(key)))


def _any_value(value: Any, depth: int) -> bytes:
    """Return the content of an ``AnyValue``."""
    if isinstance(value, str):
        return delimited(0x0A, utf8(value))
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int):
        return _integer(int.__index__(value))
    if isinstance(value, float):
        return b"\x21" + _double(value)
    if value is None:
        return b""
    return _uncommon(value, depth)


def _integer(value: int) -> bytes:
    if -(1 << 63) <= value < 1 << 63:
        return b"\x18" + varint(value)
    selfmetrics.COUNTERS.add("attributes_coerced", "integer_range")
    bits = value.bit_length()
    # str() refuses integers of more than 4,300 digits, and is slow long before that.
    return delimited(0x0A, (str(value) if bits <= _LONGEST_DECIMAL_BITS else f"<integer of {bits} bits>").encode())


def _uncommon(value: Any, depth: int) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return delimited(0x3A, bytes(value))
    if isinstance(value, (Sequence, Set, Mapping)):
        if depth >= _DEEPEST:
            selfmetrics.COUNTERS.add("attributes_coerced", "too_deep")
            return delimited(0x0A, f"<{type(value).__name__} nested too deep>".encode())
        return _collection(value, depth)
    try:
        return _integer(index(value))
    except Exception:
        selfmetrics.COUNTERS.add("attributes_coerced", "object")
        return delimited(0x0A, utf8(readable(value)))


def _collection(value: Iterable[Any], depth: int) -> bytes:
    try:
        if isinstance(value, Mapping):
            return delimited(0x32, b"".join([_entry(key, item, depth + 1) for key, item in value.items()]))
        return delimited(0x2A, b"".join([delimited(0x0A, _any_value(item, depth + 1)) for item in value]))
    except Exception:
        selfmetrics.COUNTERS.add("attributes_coerced", "unreadable")
        return delimited(0x0A, f"<{type(value).__name__} whose items cannot be read>".encode(errors="replace"))


def _entry(key: Any, value: Any, depth: int) -> bytes:
    return delimited(0x0A, _key(key) + delimited(0x12, _any_value(value, depth)))
