"""Who may join a trace and who may force it: rules, configured grants, and what follows from each answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import pytest

import tracing_facade as tracing
from tests.tracing_facade._engine.conftest import engine_name  # noqa: F401  # every test on both engines
from tracing_facade import _runtime
from tracing_facade.config import TrustGrant
from tracing_facade.propagation import BaggageEntry, ExtractedContext, TraceParent
from tracing_facade.sampling import RatioSampler
from tracing_facade.selfmetrics import COUNTERS
from tracing_facade.testing import capture_spans
from tracing_facade.trust import (
    Admission,
    Caller,
    Trust,
    TrustRule,
    accept,
    compile_grants,
    first_match,
    trust_everyone,
    trust_groups,
    trust_networks,
    trust_nobody,
    trust_users,
)

TRACE_ID, SPAN_ID = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
BAGGAGE = {"a": BaggageEntry("1")}
NOTHING, JOIN, FORCE, BOTH = Trust.NOTHING, Trust.JOIN, Trust.FORCE, Trust.JOIN | Trust.FORCE
ALWAYS, NEVER = RatioSampler(1_000_000), RatioSampler(0)


def _sent(flags: int | None) -> ExtractedContext:
    parent = None if flags is None else TraceParent(TRACE_ID, SPAN_ID, flags)
    return ExtractedContext(parent, "v=1" if parent else "", BAGGAGE)


@pytest.mark.parametrize("sampler", [ALWAYS, NEVER], ids=["sampler says yes", "sampler says no"])
@pytest.mark.parametrize("flags", [None, 0, 1, 2, 3], ids=["no parent", "unsampled", "sampled", "random", "both flags"])
@pytest.mark.parametrize("granted", [NOTHING, FORCE], ids=["nothing", "force alone"])
def test_who_may_not_join_is_only_linked(granted: Trust, flags: int | None, sampler: RatioSampler) -> None:
    """The right to force means nothing without the right to join."""
    sent = _sent(flags)
    assert accept(sent, granted, sampler) == Admission(None, sent.parent, False, "", {})


@pytest.mark.parametrize(
    ("granted", "flags", "sampler", "sampled"),
    [
        (JOIN, 0, ALWAYS, False),
        (JOIN, 0, NEVER, False),
        (JOIN, 1, ALWAYS, True),
        (JOIN, 1, NEVER, False),
        (JOIN, 3, ALWAYS, True),
        (BOTH, 0, ALWAYS, False),
        (BOTH, 2, ALWAYS, False),
        (BOTH, 1, ALWAYS, True),
        (BOTH, 1, NEVER, True),
        (BOTH, 3, NEVER, True),
    ],
)
def test_who_may_join_is_the_parent(granted: Trust, flags: int, sampler: RatioSampler, sampled: bool) -> None:
    """Not sampled stays so; sampled counts when the caller may force it or the sampler agrees."""
    sent = _sent(flags)
    assert accept(sent, granted, sampler) == Admission(sent.parent, None, sampled, "v=1", BAGGAGE)


@pytest.mark.parametrize("granted", [JOIN, BOTH])
def test_a_trusted_caller_without_a_trace_keeps_his_baggage(granted: Trust) -> None:
    """There is no trace to join, so one begins here."""
    assert accept(_sent(None), granted, ALWAYS) == Admission(None, None, False, "", BAGGAGE)


SOMEBODY = Caller("alice", ("developers", "on-call"), "10.1.2.3")


@pytest.mark.parametrize(
    ("rule", "granted"),
    [
        (trust_nobody, NOTHING),
        (trust_everyone, BOTH),
        (trust_users("alice"), BOTH),
        (trust_users("bob", "alice", grants=JOIN), JOIN),
        (trust_users("bob"), NOTHING),
        (trust_users(), NOTHING),
        (trust_groups("on-call"), BOTH),
        (trust_groups("system:masters", "developers", grants=JOIN), JOIN),
        (trust_groups("system:masters"), NOTHING),
        (trust_networks("10.0.0.0/8"), BOTH),
        (trust_networks("192.0.2.0/24", "10.1.2.3", grants=JOIN), JOIN),
        (trust_networks("192.0.2.0/24"), NOTHING),
        (first_match(), NOTHING),
        (first_match(trust_users("bob"), trust_groups("on-call", grants=JOIN), trust_everyone), JOIN),
    ],
)
def test_a_rule_answers_by_what_is_known_of_the_caller(rule: TrustRule, granted: Trust) -> None:
    """By user, group or hop; the first rule that trusts decides."""
    assert rule(SOMEBODY) == granted


@pytest.mark.parametrize(
    ("address", "within"),
    [
        ("10.255.0.1", True),
        ("11.0.0.1", False),
        ("::ffff:10.0.0.1", True),
        ("::ffff:11.0.0.1", False),
        ("fd00::1", True),
        ("fd00::1%eth0", True),
        ("fe00::1", False),
        ("", False),
        (None, False),
        ("unix:/run/x", False),
        ("localhost", False),
        ("10.0.0.1:80", False),
        ("010.0.0.1", False),
    ],
)
def test_an_address_is_in_a_network_or_not(address: str | None, within: bool) -> None:
    """IPv4 peers of a dual-stack socket count as IPv4; what is no address is in no network."""
    assert trust_networks("10.0.0.0/8", "fd00::/8")(Caller(address=address)) == (BOTH if within else NOTHING)


def test_a_network_that_is_none_is_named() -> None:
    """A rule made in code fails where it is made."""
    with pytest.raises(ValueError, match=r"'10\.0\.0\.0/99'"):
        trust_networks("10.0.0.0/99")


@pytest.mark.parametrize(
    ("grants", "granted"),
    [
        ([], NOTHING),
        ([TrustGrant(users=("alice",))], JOIN),
        ([TrustGrant(users=("bob",))], NOTHING),
        ([TrustGrant(users=("bob", "alice"), force=True)], BOTH),
        ([TrustGrant(groups=("on-call", "x"))], JOIN),
        ([TrustGrant(networks=("10.0.0.0/8",), join=False, force=True)], FORCE),
        ([TrustGrant(users=("alice",), groups=("x",))], NOTHING),
        ([TrustGrant(users=("alice",), groups=("on-call",), networks=("10.0.0.0/8",))], JOIN),
        ([TrustGrant(users=("alice",), networks=("192.0.2.0/24",))], NOTHING),
        ([TrustGrant(everyone=True, force=True)], BOTH),
        ([TrustGrant()], NOTHING),
        ([TrustGrant(users=("alice",), join=False), TrustGrant(everyone=True, force=True)], NOTHING),
        ([TrustGrant(users=("bob",)), TrustGrant(groups=("on-call",), force=True)], BOTH),
    ],
    ids=["none", "user", "other user", "one of users", "one of groups", "force alone", "one condition fails",
         "all conditions hold", "network fails", "everyone", "no condition", "first decides", "second matches"],
)  # fmt: skip
def test_configured_grants_are_one_rule(grants: list[TrustGrant], granted: Trust) -> None:
    """All conditions of a grant must hold, any element of each will do, the first grant that matches decides."""
    assert compile_grants(grants)(SOMEBODY) == granted


def test_without_grants_the_rule_is_to_trust_nobody() -> None:
    """So that adapters need not look for who is calling."""
    assert compile_grants(()) is trust_nobody


@pytest.mark.parametrize(
    "grant", [TrustGrant(users=("alice",)), TrustGrant(groups=("x",)), TrustGrant(networks=("10.0.0.0/8",))]
)
def test_a_caller_of_whom_nothing_is_known_matches_no_condition(grant: TrustGrant) -> None:
    """An unauthenticated caller has no name that could be granted anything."""
    assert compile_grants([grant])(Caller()) == NOTHING


def _raising(caller: Caller) -> Trust:
    raise RuntimeError("no database")


@dataclass
class _Hostile:
    """A rule whose answer cannot even be looked at."""

    def __call__(self, caller: Caller) -> Any:
        return self

    def __bool__(self) -> bool:
        raise RuntimeError


SENT = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01", "tracestate": "v=1", "baggage": "a=1"}


@pytest.mark.parametrize(
    "rule", [_raising, lambda caller: True, lambda caller: 3, lambda caller: None, _Hostile()],
    ids=["raises", "True", "3", "None", "hostile"],
)  # fmt: skip
def test_a_rule_that_fails_or_answers_nonsense_trusts_nobody(rule: Any) -> None:
    """Only a Trust flag opens the door."""
    with capture_spans() as spans, tracing.extract(SENT, trust=rule), tracing.start_span("work"):
        headers: dict[str, str] = {}
        tracing.inject(headers)
    assert spans[0].trace_id != TRACE_ID
    assert set(headers) == {"traceparent"}


def test_a_failing_rule_is_counted_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """With its name, so that somebody can repair it."""
    _runtime._log_failing_rule.cache_clear()
    before = COUNTERS.snapshot().get(("internal_faults", "trust_rule"), 0)
    with capture_spans():
        for _ in range(3):
            tracing.extract(SENT, trust=_raising)
    assert COUNTERS.snapshot()["internal_faults", "trust_rule"] == before + 3
    (record,) = [record for record in caplog.records if "trust rule" in record.getMessage()]
    assert "_raising" in record.getMessage()
    assert record.exc_info


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
def test_the_log_says_once_what_to_set_so_that_callers_can_join(caplog: pytest.LogCaptureFixture, on: bool) -> None:
    """Whoever wonders why traces are cut finds the setting in the log, and the number in the metrics."""
    _runtime._log_stranger.cache_clear()
    before = COUNTERS.snapshot().get(("contexts_refused", "untrusted"), 0)
    with caplog.at_level(logging.WARNING):
        if on:
            with capture_spans():
                _knock()
        else:
            _knock()
    assert COUNTERS.snapshot()["contexts_refused", "untrusted"] == before + 3
    (record,) = [record for record in caplog.records if record.name == "tracing_facade"]
    assert "set `trust` in the configuration" in record.getMessage()


def _knock() -> None:
    for _ in range(3):
        tracing.extract(SENT)
        tracing.extract({"baggage": "a=1"})


@pytest.mark.parametrize("rate", [0, 1_000_000, None], ids=["unsampled", "sampled", "off"])
@pytest.mark.parametrize("flags", ["00", "01", "02", "03"])
@pytest.mark.parametrize("granted", [NOTHING, JOIN, FORCE, BOTH], ids=["nothing", "join", "force", "join and force"])
def test_what_goes_on_to_the_next_service(granted: Trust, flags: str, rate: int | None) -> None:
    """Joined: the caller's trace, and the sampled flag as it was decided. Not joined: nothing of the caller's."""
    sent = {**SENT, "traceparent": f"00-{TRACE_ID}-{SPAN_ID}-{flags}"}
    headers: dict[str, str] = {}
    if rate is None:
        with tracing.extract(sent, trust=lambda caller: granted), tracing.start_span("work"):
            tracing.inject(headers)
    else:
        with (
            capture_spans(tracing.TracingConfiguration(sampling_rate_per_million=rate)),
            tracing.extract(sent, trust=lambda caller: granted),
            tracing.start_span("work"),
        ):
            tracing.inject(headers)
    if not granted & JOIN:
        assert TRACE_ID not in repr(headers)
        assert set(headers) == (set() if rate is None else {"traceparent"})
        return
    asked = flags in ("01", "03")
    sampled = asked and (rate is None or bool(rate) or bool(granted & FORCE))
    random_bit = int(flags, 16) & 2
    assert headers["traceparent"].startswith(f"00-{TRACE_ID}-")
    assert headers["traceparent"].endswith(f"-0{random_bit | sampled}")
    assert (SPAN_ID in headers["traceparent"]) == (rate is None or not asked)
    assert (headers["tracestate"], headers["baggage"]) == ("v=1", "a=1")
