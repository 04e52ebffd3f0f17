"""Kubernetes' protobuf bodies, encoded here by hand and by the real kubectl in the end-to-end tests."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.kubernetes_protobuf import parse_protobuf


def _varint(value: int) -> bytes:
    parts = b""
    while value > 0x7F:
        parts += bytes([value & 0x7F | 0x80])
        value >>= 7
    return parts + bytes([value])


def _field(number: int, content: bytes | str | int) -> bytes:
    if isinstance(content, int):
        return _varint(number << 3) + _varint(content)
    data = content.encode() if isinstance(content, str) else content
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _body(kind: str, raw: bytes, version: str = "v1") -> bytes:
    return b"k8s\x00" + _field(1, _field(1, version) + _field(2, kind)) + _field(2, raw) + _field(3, "") + _field(4, "")


def test_a_config_map() -> None:
    """Data, binary data, labels, owners and flags come out as JSON has them."""
    owner = _field(1, "Node") + _field(3, "n") + _field(4, "u") + _field(5, "v1") + _field(6, 1) + _field(7, 0)
    metadata = (
        _field(1, "settings") + _field(3, "default") + _field(8, _field(1, 5)) + _field(14, "a") + _field(14, "b")
        + _field(11, _field(1, "color") + _field(2, "blue")) + _field(11, _field(1, "size") + _field(2, ""))
        + _field(13, owner)
    )  # fmt: skip
    raw = (
        _field(1, metadata)
        + _field(2, _field(1, "k") + _field(2, "v"))
        + _field(3, _field(1, "b") + _field(2, b"\xff"))
    )
    assert parse_protobuf(_body("ConfigMap", raw + _field(4, 1))) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": "settings",
            "namespace": "default",
            "finalizers": ["a", "b"],
            "labels": {"color": "blue", "size": ""},
            "ownerReferences": [
                {"kind": "Node", "name": "n", "uid": "u", "apiVersion": "v1", "controller": True,
                 "blockOwnerDeletion": False},
            ],
        },
        "data": {"k": "v"},
        "binaryData": {"b": "/w=="},
        "immutable": True,
    }  # fmt: skip


def test_a_namespace() -> None:
    """Spec and status are there too."""
    raw = _field(1, _field(1, "team")) + _field(2, _field(1, "kubernetes")) + _field(3, _field(1, "Active"))
    value = parse_protobuf(_body("Namespace", raw))
    assert (value["metadata"], value["spec"], value["status"]) == (
        {"name": "team"}, {"finalizers": ["kubernetes"]}, {"phase": "Active"}
    )  # fmt: skip


def test_unknown_fields_are_skipped() -> None:
    """Fields of later versions, of every wire type, are no error."""
    strange = _varint(50 << 3 | 1) + b"12345678" + _varint(51 << 3 | 5) + b"1234" + _field(52, 7) + _field(53, "x")
    assert parse_protobuf(_body("ConfigMap", strange + _field(1, _field(1, "a"))))["metadata"] == {"name": "a"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "does not begin with"),
        (b"", "does not begin with"),
        (_body("Pod", b""), "kind 'Pod' of 'v1' is read as JSON or YAML only; in protobuf known are ConfigMap"),
        (_body("ConfigMap", b"", version="v2"), "of 'v2'"),
        (b"k8s\x00" + _field(1, _field(1, "v1") + _field(2, "ConfigMap")) + _field(3, "gzip"), "JSON or YAML only"),
        (_body("ConfigMap", _field(1, 7)), "metadata has wire type 0 instead of 2"),
        (_body("ConfigMap", b"\x0a\x7f"), "field 1 is longer than the message"),
        (_body("ConfigMap", b"\x0a"), "ends within a number"),
        (_body("ConfigMap", b"\xff" * 12), "longer than ten bytes"),
        (_body("ConfigMap", b"\x0b"), "wire type 3"),
        (_body("ConfigMap", _field(1, _field(1, b"\xff"))), "utf-8"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_malformed_bodies_are_value_errors(body: bytes, message: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(ValueError, match=message):
        parse_protobuf(body)


@given(raw=st.binary(max_size=80))
def test_garbage_is_a_value_error_or_an_object(raw: bytes) -> None:
    """No bytes cause another exception."""
    with contextlib.suppress(ValueError):
        assert parse_protobuf(_body("ConfigMap", raw))["kind"] == "ConfigMap"
    with contextlib.suppress(ValueError):
        parse_protobuf(b"k8s\x00" + raw)
