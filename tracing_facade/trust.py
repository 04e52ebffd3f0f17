"""Who may continue a trace here, and who may make it recorded: two separate rights, granted by a trust rule.

A trust rule is any callable that takes a ``Caller`` and returns ``Trust`` flags. Without one nobody is trusted.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from tracing_facade.propagation import BaggageEntry, ExtractedContext, TraceParent

_SAMPLED = 0x01


class Trust(enum.Flag):
    """What a caller's trace context is allowed to do."""

    NOTHING = 0
    """The request starts a new trace with a link to the caller's; tracestate and baggage are dropped."""
    JOIN = enum.auto()
    """The request continues the caller's trace; whether it is recorded is still ours to decide."""
    FORCE = enum.auto()
    """A caller who may join and says "sampled" is recorded, whatever the sampling rate."""

    # Asked for every request; `granted & Trust.JOIN` would cost half a microsecond, which is what enum takes for it.

    @property
    def joins(self) -> bool:
        """Whether ``JOIN`` is granted."""
        return self._value_ & 1 != 0

    @property
    def forces(self) -> bool:
        """Whether ``FORCE`` is granted."""
        return self._value_ & 2 != 0


class Caller(NamedTuple):
    """What is known of who sent a request: the authenticated identity, and the hop it came over."""

    user: str | None = None
    groups: tuple[str, ...] = ()
    address: str | None = None
    """The peer's IP address."""


NOBODY = Caller()
"""A caller of whom nothing is known."""

TrustRule: TypeAlias = Callable[[Caller], Trust]


class Grant(Protocol):
    """One configured rule; all conditions that it gives must hold, any element of each will do."""

    @property
    def users(self) -> Iterable[str]:
        """Names of authenticated users."""

    @property
    def groups(self) -> Iterable[str]:
        """Names of groups."""

    @property
    def networks(self) -> Iterable[str]:
        """IP networks of the peer, as ``10.0.0.0/8``."""

    @property
    def everyone(self) -> bool:
        """Whether a rule without conditions is meant; without conditions and without this it is for nobody."""

    @property
    def join(self) -> bool:
        """Whether the caller may continue his trace."""

    @property
    def force(self) -> bool:
        """Whether the caller may make his trace recorded."""


_EVERYTHING = Trust.JOIN | Trust.FORCE


def trust_nobody(caller: Caller) -> Trust:
    """Trust no caller; the default."""
    return Trust.NOTHING


def trust_everyone(caller: Caller) -> Trust:
    """Trust every caller fully; for services that no stranger can reach."""
    return _EVERYTHING


def trust_users(*users: str, grants: Trust = Trust.JOIN | Trust.FORCE) -> TrustRule:
    """Return a rule that trusts these authenticated users."""
    trusted = frozenset(users)
    return lambda caller: grants if caller.user in trusted else Trust.NOTHING


def trust_groups(*groups: str, grants: Trust = Trust.JOIN | Trust.FORCE) -> TrustRule:
    """Return a rule that trusts authenticated members of any of these groups."""
    trusted = frozenset(groups)
    return lambda caller: Trust.NOTHING if trusted.isdisjoint(caller.groups) else grants


def trust_networks(*networks: str, grants: Trust = Trust.JOIN | Trust.FORCE) -> TrustRule:
    """Return a rule that trusts peers whose address is in one of these networks.

    Raises:
        ValueError: a network is not one; the message names it.
    """
    trusted = _networks(networks)
    return lambda caller: grants if _within(caller.address, trusted) else Trust.NOTHING


def first_match(*rules: TrustRule) -> TrustRule:
    """Return a rule that answers what the first of ``rules`` answers that trusts the caller with anything."""

    def rule(caller: Caller) -> Trust:
        for candidate in rules:
            granted = candidate(caller)
            if granted:
                return granted
        return Trust.NOTHING

    return rule


def compile_grants(grants: Iterable[Grant]) -> TrustRule:
    """Return one rule for a list of configured grants; the first whose conditions all hold decides."""
    compiled = tuple(_CompiledGrant.of(grant) for grant in grants)
    if not compiled:
        return trust_nobody

    def rule(caller: Caller) -> Trust:
        for grant in compiled:
            if grant.covers(caller):
                return grant.grants
        return Trust.NOTHING

    return rule


class _CompiledGrant(NamedTuple):
    users: frozenset[str]
    groups: frozenset[str]
    networks: tuple[IPv4Network | IPv6Network, ...]
    everyone: bool
    grants: Trust

    @classmethod
    def of(cls, grant: Grant) -> _CompiledGrant:
        granted = (Trust.JOIN if grant.join else Trust.NOTHING) | (Trust.FORCE if grant.force else Trust.NOTHING)
        networks = _networks(grant.networks)
        return cls(frozenset(grant.users), frozenset(grant.groups), networks, grant.everyone, granted)

    def covers(self, caller: Caller) -> bool:
        if not (self.users or self.groups or self.networks):
            return self.everyone
        return (
            (not self.users or caller.user in self.users)
            and (not self.groups or not self.groups.isdisjoint(caller.groups))
            and (not self.networks or _within(caller.address, self.networks))
        )


class Sampler(Protocol):
    """What is needed of a sampler."""

    def samples(self, trace_id: str) -> bool:
        """Tell whether the trace with this id is recorded."""


class Admission(NamedTuple):
    """What becomes of a caller's context."""

    parent: TraceParent | None
    """The caller's span when he may join, else None: the request starts a new trace."""
    link: TraceParent | None
    """The caller's span when he may not join."""
    sampled: bool
    """Whether a joined trace is recorded; a new one is decided by its own id."""
    tracestate: str
    baggage: dict[str, BaggageEntry]


def accept(extracted: ExtractedContext, granted: Trust, sampler: Sampler) -> Admission:
    """Decide what of a caller's context is used.

    Args:
        extracted: what the caller sent.
        granted: what the trust rule answered.
        sampler: decides about traces that nobody may force.

    Returns:
        The decision; see ``Trust`` for what each right means. A caller who may join and says "not sampled" is not
        recorded (parent-based sampling).
    """
    parent = extracted.parent
    if not granted.joins:
        return Admission(None, parent, False, "", {})
    if parent is None:
        return Admission(None, None, False, "", extracted.baggage)
    asked = bool(parent.flags & _SAMPLED)
    sampled = asked and (granted.forces or sampler.samples(parent.trace_id))
    return Admission(parent, None, sampled, extracted.tracestate, extracted.baggage)


def _networks(networks: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    import ipaddress  # not at the top: only networks need it

    return tuple(ipaddress.ip_network(network) for network in networks)


def _within(address: str | None, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    import ipaddress

    try:
        peer = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return False
    # A dual-stack socket shows an IPv4 peer as ::ffff:a.b.c.d.
    mapped = getattr(peer, "ipv4_mapped", None)
    return any((mapped or peer) in network or peer in network for network in networks)
