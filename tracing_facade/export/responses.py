"""What a collector answers in protobuf, as an outcome."""

from __future__ import annotations

from tracing_facade._engine import protobuf
from tracing_facade.export.transport import Delivered

_LONGEST_MESSAGE = 300


def delivered(response: bytes) -> Delivered:
    """Read an ``ExportTraceServiceResponse``; what cannot be read counts as full success, as the status said."""
    try:
        for number, value in protobuf.fields(response):
            if number == 1:
                partial = dict(protobuf.fields(protobuf.message(value)))
                rejected = protobuf.int64(partial.get(1, 0))
                return Delivered(max(0, rejected), printable(protobuf.text(partial.get(2, b""))))
    except ValueError:
        pass
    return Delivered()


def error_message(status: bytes) -> str:
    """Return the message of a ``google.rpc.Status``, or what can be shown of a body that is something else."""
    try:
        parts = dict(protobuf.fields(status))
        return printable(protobuf.text(parts.get(2, b"")))
    except ValueError:
        return printable(status.decode("utf-8", "replace"))


def printable(text: str) -> str:
    """Return text of a stranger so that it cannot forge log lines: one line, printable, not too long."""
    shown = "".join(character if character.isprintable() else " " for character in text[: _LONGEST_MESSAGE + 1])
    return shown if len(shown) <= _LONGEST_MESSAGE else shown[:_LONGEST_MESSAGE] + "..."
