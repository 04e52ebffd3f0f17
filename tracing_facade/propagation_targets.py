"""How far trace context and baggage travel: the hosts that outgoing requests may show them to."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")
"""The patterns that hold while nothing is configured."""


class _Target(NamedTuple):
    host: str
    port: int | None

    def covers(self, host: str, port: int | None) -> bool:
        if self.port is not None and self.port != port:
            return False
        if self.host == "*":
            return True
        if self.host.startswith("*."):
            return host.endswith(self.host[1:])
        return host == self.host


class PropagationTargets:
    """The compiled ``propagate_to`` patterns.

    Args:
        patterns: ``"api.example.com"``, ``"*.example.com"`` (any subdomain, not the domain itself), ``"*"``, each
            optionally with ``":port"``; IPv6 addresses in brackets.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._targets = tuple(_parse(pattern) for pattern in patterns)
        self.allow = lru_cache(maxsize=1024)(self._allow)

    def _allow(self, host: str | None, port: int | None) -> bool:
        """Tell whether context may be sent to this host and port."""
        name = _normal(host or "")
        return any(target.covers(name, port) for target in self._targets)


def _parse(pattern: str) -> _Target:
    host, separator, port = pattern.rpartition(":")
    if (
        separator
        and port.isascii()
        and port.isdigit()
        and not host.endswith(":")
        and (host.count(":") == 0 or host.endswith("]"))
    ):
        return _Target(_normal(host), int(port))
    return _Target(_normal(pattern), None)


def _normal(host: str) -> str:
    return host.strip().lower().removeprefix("[").removesuffix("]").rstrip(".")
