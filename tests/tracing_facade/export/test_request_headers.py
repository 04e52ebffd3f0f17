"""Headers of export requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracing_facade.export.request_headers import RequestHeaders


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_names_are_lower_case() -> None:
    """gRPC metadata wants them so."""
    assert RequestHeaders({"X-Tenant": "a"}, {}).current() == {"x-tenant": "a"}


def test_a_rotated_token_is_used(tmp_path: Path) -> None:
    """The content of a file is read again after some seconds."""
    file, clock = tmp_path / "token", Clock()
    file.write_text("one\n")
    headers = RequestHeaders({"authorization": "old"}, {"Authorization": str(file)}, clock)
    assert headers.current() == {"authorization": "one"}
    file.write_text("two\n")
    assert headers.current() == {"authorization": "one"}
    clock.now += 5.0
    assert headers.current() == {"authorization": "two"}


@pytest.mark.parametrize("content", [None, b"", b"a\nb", b"\xff\xfe", b"caf\xc3\xa9"])
def test_a_file_that_cannot_be_used_keeps_the_last_value(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    """A token that is being replaced does not stop the export; the log says it once, without the value."""
    file, clock = tmp_path / "token", Clock()
    file.write_text("one")
    headers = RequestHeaders({}, {"authorization": str(file)}, clock)
    headers.current()
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    for _ in range(3):
        clock.now += 10
        assert headers.current() == {"authorization": "one"}
    assert len(caplog.records) == 1
    assert str(file) in caplog.text
