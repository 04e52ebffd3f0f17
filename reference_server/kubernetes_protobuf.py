"""Read Kubernetes' protobuf form of the objects that kubectl sends in it, as ``kubectl create configmap`` does.

A body is the four bytes ``k8s\\0`` and a ``runtime.Unknown``, which has the kind and the object's own message. Field
numbers are those of Kubernetes' published ``generated.proto`` files. The answer is JSON, which such clients accept too.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class _Field:
    name: str
    convert: Convert
    wire_type: int = _BYTES
    collect: type[list[Any]] | type[dict[str, Any]] | None = None


def _text(data: bytes) -> str:
    return data.decode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _message(fields: Mapping[int, _Field]) -> Convert:
    return lambda data: _read_message(data, fields)


def _pair(convert: Convert) -> Convert:
    fields = {1: _Field("key", _text), 2: _Field("value", convert)}

    def read(data: bytes) -> tuple[str, Any]:
        found = _read_message(data, fields)
        return found.get("key", ""), found.get("value", "")

    return read


_OWNER = {
    1: _Field("kind", _text),
    3: _Field("name", _text),
    4: _Field("uid", _text),
    5: _Field("apiVersion", _text),
    6: _Field("controller", bool, _VARINT),
    7: _Field("blockOwnerDeletion", bool, _VARINT),
}
# What only the server sets (creationTimestamp, generation, managedFields and so on) is left out.
_METADATA = {
    1: _Field("name", _text),
    2: _Field("generateName", _text),
    3: _Field("namespace", _text),
    5: _Field("uid", _text),
    6: _Field("resourceVersion", _text),
    11: _Field("labels", _pair(_text), collect=dict),
    12: _Field("annotations", _pair(_text), collect=dict),
    13: _Field("ownerReferences", _message(_OWNER), collect=list),
    14: _Field("finalizers", _text, collect=list),
}
_CONFIG_MAP = {
    1: _Field("metadata", _message(_METADATA)),
    2: _Field("data", _pair(_text), collect=dict),
    3: _Field("binaryData", _pair(_base64), collect=dict),
    4: _Field("immutable", bool, _VARINT),
}
_NAMESPACE = {
    1: _Field("metadata", _message(_METADATA)),
    2: _Field("spec", _message({1: _Field("finalizers", _text, collect=list)})),
    3: _Field("status", _message({1: _Field("phase", _text)})),
}
_KINDS = {("v1", "ConfigMap"): _CONFIG_MAP, ("v1", "Namespace"): _NAMESPACE}

_TYPE = {1: _Field("apiVersion", _text), 2: _Field("kind", _text)}
_UNKNOWN = {
    1: _Field("type", _message(_TYPE)),
    2: _Field("raw", bytes),
    3: _Field("contentEncoding", _text),
    4: _Field("contentType", _text),
}


def parse_protobuf(body: bytes) -> dict[str, Any]:
    """Return the object in a body, as JSON would have it.

    Raises:
        ValueError: it is malformed, or of a kind that is read here as JSON or YAML only.
    """
    if not body.startswith(_MAGIC):
        raise ValueError(f"it does not begin with {_MAGIC!r}")
    envelope = _read_message(body[len(_MAGIC) :], _UNKNOWN)
    found = envelope.get("type", {})
    kind = (found.get("apiVersion", ""), found.get("kind", ""))
    fields = _KINDS.get(kind)
    if fields is None or envelope.get("contentEncoding"):
        known = ", ".join(name for _, name in _KINDS)
        raise ValueError(f"kind {kind[1]!r} of {kind[0]!r} is read as JSON or YAML only; in protobuf known are {known}")
    value = _read_message(envelope.get("raw", b""), fields)
    return {"apiVersion": kind[0], "kind": kind[1], **value}


def _read_message(data: bytes, fields: Mapping[int, _Field]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for number, wire_type, content in _wire_fields(data):
        field = fields.get(number)
        if field is None:
            continue
        if wire_type != field.wire_type:
            raise ValueError(f"{field.name} has wire type {wire_type} instead of {field.wire_type}")
        value = field.convert(content)
        if field.collect is dict:
            key, item = value
            result.setdefault(field.name, {})[key] = item
        elif field.collect is list:
            result.setdefault(field.name, []).append(value)
        else:
            result[field.name] = value
    return result


def _wire_fields(data: bytes) -> Iterator[tuple[int, int, Any]]:
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            content, position = _varint(data, position)
            yield number, wire_type, content
            continue
        if wire_type == _BYTES:
            length, position = _varint(data, position)
        elif wire_type in (_FIXED32, _FIXED64):
            length = 4 if wire_type == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire_type} of field {number} is not in use")
        if length > len(data) - position:
            raise ValueError(f"field {number} is longer than the message that it is in")
        yield number, wire_type, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise ValueError("the message ends within a number")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError("a number is longer than ten bytes")
