"""When a failed request is tried again."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from google.protobuf.any_pb2 import Any as PackedMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import DebugInfo, RetryInfo  # type: ignore[import-untyped]  # ships no types
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]  # ships no types
from hypothesis import given
from hypothesis import strategies as st

from tracing_facade.export.retry import LONGEST_WAIT_SECONDS, Backoff, retry_after_seconds, retry_info_seconds

NOON = datetime(2026, 5, 4, 12, 0, 0, tzinfo=timezone.utc)


def test_the_wait_doubles_up_to_a_limit() -> None:
    """Each failure doubles the wait, until it is as long as allowed."""
    backoff = Backoff(first=1.0, longest=10.0, jitter=lambda: 1.0)
    assert [backoff.wait(failures) for failures in (1, 2, 3, 4, 5, 500)] == [1, 2, 4, 8, 10, 10]


def test_jitter_takes_away_half_at_most() -> None:
    """Many processes do not come back at once, and none comes back at once."""
    assert Backoff(first=1.0, jitter=lambda: 0.0).wait(1) == 0.5


def test_what_the_collector_asks_for_is_waited_for_in_full() -> None:
    """Retry-After counts whatever the back-off says, and jitter only adds to it."""
    assert Backoff(first=1.0, jitter=lambda: 0.5).wait(1, asked=20.0) == 20.5


def test_a_wait_of_zero_is_no_hot_loop() -> None:
    """A collector that asks for no wait gets the usual one."""
    assert Backoff(first=1.0, jitter=lambda: 1.0).wait(1, asked=0.0) == 1.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("9" * 40, LONGEST_WAIT_SECONDS),
        ("Mon, 04 May 2026 12:00:30 GMT", 30.0),
        ("Mon, 04 May 2026 11:00:00 GMT", 0.0),
        ("Mon, 04 May 2026 12:00:30 -0000", 30.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("\u0663", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: float | None) -> None:
    """RFC 9110, 10.2.3; what cannot be read does not count."""
    assert retry_after_seconds(value, NOON) == seconds


def test_retry_info_is_found_among_other_details() -> None:
    """The delay of google.rpc.RetryInfo counts, wherever it stands."""
    delay = Duration()
    delay.FromMilliseconds(1500)
    details = [PackedMessage(), PackedMessage()]
    details[0].Pack(DebugInfo(detail="?"))
    details[1].Pack(RetryInfo(retry_delay=delay))
    assert retry_info_seconds(Status(code=14, details=details).SerializeToString()) == 1.5


def test_no_retry_info_is_none() -> None:
    """A status without it asks for no wait."""
    assert retry_info_seconds(Status(code=14, message="no").SerializeToString()) is None


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(status: bytes) -> None:
    """What a collector sends cannot break the worker."""
    seconds = retry_info_seconds(status)
    assert seconds is None or seconds >= 0
