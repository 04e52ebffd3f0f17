"""Head sampling by ratio: the decision depends on the trace id alone, so that every service decides alike."""

from __future__ import annotations

from typing import NamedTuple

_ONE_MILLION = 1_000_000
_LOW_64_BITS = 1 << 64


class Origin(NamedTuple):
    """What is known of a trace when it begins."""

    span: str
    """The name of its first span."""
    path: str = ""
    """The path of the request; empty when it does not begin with one."""
    groups: tuple[str, ...] = ()
    """The groups of the authenticated user."""


class RatioSampler:
    """Samples a share of new traces, exactly as OpenTelemetry's ``TraceIdRatioBased`` does.

    Args:
        rate_per_million: how many of a million new traces are recorded, 0 to 1,000,000.
    """

    __slots__ = ("bound",)

    def __init__(self, rate_per_million: int) -> None:
        self.bound = round(rate_per_million / _ONE_MILLION * _LOW_64_BITS)

    def samples(self, trace_id: str) -> bool:
        """Tell whether the trace with this id (32 hexadecimal digits) is recorded."""
        return int(trace_id[16:], 16) < self.bound
