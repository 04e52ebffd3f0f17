"""The protobuf wire format."""

import pytest

from tracing_facade.viewer import wire


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 2**32, 2**63, 2**64 - 1])
def test_an_integer_reads_as_it_was_written(value: int) -> None:
    """Varints of every length make the round trip."""
    assert list(wire.read_fields(wire.encode_integer(3, value))) == [(3, wire.VARINT, value)]


def test_bytes_read_as_they_were_written() -> None:
    """A field of bytes makes the round trip, also when its length takes two bytes."""
    assert list(wire.read_fields(wire.encode_bytes(2, b"x" * 300))) == [(2, wire.BYTES, b"x" * 300)]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        pytest.param(b"\x80", "ends within a number", id="tag cut off"),
        pytest.param(b"\x08", "ends within a number", id="value cut off"),
        pytest.param(b"\x0a\x05ab", "wants 5 bytes, 2 are left", id="bytes cut off"),
        pytest.param(b"\x09\x00", "wants 8 bytes", id="fixed64 cut off"),
        pytest.param(b"\x0d\x00", "wants 4 bytes", id="fixed32 cut off"),
        pytest.param(b"\x02\x00", "no field number", id="field zero"),
        pytest.param(b"\x0b", "wire type 3", id="group"),
        pytest.param(b"\x0f", "wire type 7", id="unknown wire type"),
        pytest.param(b"\x08" + b"\xff" * 10, "longer than ten bytes", id="endless number"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, complaint: str) -> None:
    """Each way in which bytes are no message is named."""
    with pytest.raises(wire.MalformedMessage, match=complaint):
        list(wire.read_fields(data))


def test_a_field_of_another_type_reads_as_absent() -> None:
    """Protobuf takes a known number with another wire type for an unknown field, and so do we."""
    message = wire.Message(wire.encode_integer(5, 7), wire.Budget(10, 100))
    assert (message.text(5), message.has(5), message.integer(5)) == ("", False, 7)


def test_the_last_of_several_values_counts() -> None:
    """A single field that occurs twice has its last value."""
    message = wire.Message(wire.encode_bytes(1, b"a") + wire.encode_bytes(1, b"b"), wire.Budget(10, 100))
    assert message.text(1) == "b"


def test_unknown_fields_take_no_memory() -> None:
    """OTLP has no field number above 16; a request with millions of others is as small as one without."""
    message = wire.Message(
        b"".join(wire.encode_bytes(number, b"") for number in range(1, 1_000)), wire.Budget(100, 10_000)
    )
    assert (message.has(16), message.has(100)) == (True, False)
