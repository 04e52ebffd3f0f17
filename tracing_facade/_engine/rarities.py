"""What only few spans have, so that the others need not make room for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracing_facade._engine.interface import Link
from tracing_facade._engine.slow import SlowWatch

Event = tuple[str, int, Mapping[str, Any] | None]
"""Name, nanoseconds since the epoch, attributes."""


class Rarities:
    """Events, links, a status, who watches for slowness, and the trace of having been left in a wrong place."""

    __slots__ = (
        "events", "exited_elsewhere", "links", "status_code", "status_description", "watch", "watch_above"
    )  # fmt: skip

    def __init__(self) -> None:
        self.events: list[Event] | None = None
        self.links: list[Link] | None = None
        self.status_code = 0
        self.status_description = ""
        self.watch: SlowWatch | None = None
        self.watch_above: SlowWatch | None = None
        self.exited_elsewhere = False
