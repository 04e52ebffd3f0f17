"""What strangers send about traces goes nowhere: real server, real curl, and a webhook that keeps all it was sent.

Kubernetes lets a stranger's baggage through, and with tracing disabled his traceparent too. Here neither gets further
than the tracing filter, whether tracing is on or off; a trusted caller's context does.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.api_server import ADMIN, DEVELOPER, config_map, server_process, webhook
from tests.support.collector import Collector
from tests.support.tools import require_tool
from tests.support.webhook_receiver import Review, WebhookReceiver

TRACE_ID = "a77ac4e7a77ac4e7a77ac4e7a77ac4e7"
SPAN_ID = "e711e711e711e711"
TRACESTATE = "evil=e1"
BAGGAGE = "tenant=evil;secret=property"
SENT = {"traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01", "tracestate": TRACESTATE, "baggage": BAGGAGE}
TRACES_OF_THE_STRANGER = (TRACE_ID, SPAN_ID, "evil", "tenant", "property")
MAPS = "/api/v1/namespaces/default/configmaps"

KUBERNETES = {"apiVersion": "apiserver.config.k8s.io/v1", "kind": "TracingConfiguration"}
OWN = {"apiVersion": "tracing-facade/v1", "kind": "TracingConfiguration"}
GATE_CLOSED = ["--feature-gates", "APIServerTracing=false"]


class Setup(NamedTuple):
    """One way to configure tracing."""

    file: Mapping[str, Any] | None
    flags: list[str]
    records_everything: bool = False


SETUPS = {
    "off": Setup(None, []),
    "gate closed": Setup({**KUBERNETES, "samplingRatePerMillion": 1_000_000}, GATE_CLOSED),
    "disabled in the file": Setup({**OWN, "enabled": False, "samplingRatePerMillion": 1_000_000}, []),
    "on demand": Setup(KUBERNETES, []),
    "every trace": Setup({**KUBERNETES, "samplingRatePerMillion": 1_000_000}, [], records_everything=True),
    "trusting nobody": Setup({**OWN, "samplingRatePerMillion": 1_000_000}, [], records_everything=True),
}


class Running(NamedTuple):
    """A server with its surroundings."""

    url: str
    curl: str
    hook: WebhookReceiver
    collector: Collector

    def send(self, method: str, path: str, body: Any, headers: list[str], token: str, content_type: str) -> int:
        """Send one request with curl; return the HTTP status."""
        given = [f"Content-Type: {content_type}", *([f"Authorization: Bearer {token}"] if token else []), *headers]
        arguments = [part for header in given for part in ("--header", header)]
        data = ["--data-binary", json.dumps(body)] if body is not None else []
        command = [
            self.curl, "--disable", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60",
            "--request", method, "--output", "/dev/null", "--write-out", "%{http_code}", *arguments, *data,
            self.url + path,
        ]  # fmt: skip
        return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=90).stdout)


@contextmanager
def _running(directory: Path, setup: Setup) -> Iterator[Running]:
    curl = require_tool("curl")
    with Collector() as collector, WebhookReceiver() as hook:
        hooks = [webhook("recorder", hook.url)]
        file = {**setup.file, "endpoint": collector.grpc_endpoint} if setup.file is not None else None
        with server_process(directory, mutating=hooks, validating=hooks, tracing=file, flags=setup.flags) as server:
            yield Running(server.url(), curl, hook, collector)
        assert server.process.returncode == 0


def _headers(values: Mapping[str, str] = SENT) -> list[str]:
    return [f"{name}: {value}" for name, value in values.items()]


def _everything(reviews: list[Review]) -> str:
    return "\n".join(f"{name}: {value}" for review in reviews for name, value in review.headers).lower()


def _change_everything(running: Running, headers: list[str], token: str) -> None:
    """Make every kind of change there is, each of which asks the webhooks."""
    merge = "application/merge-patch+json"
    for method, path, body, content_type, code in (
        ("POST", MAPS, config_map("a"), "application/json", 201),
        ("PUT", f"{MAPS}/a", config_map("a", {"k": "1"}), "application/json", 200),
        ("PATCH", f"{MAPS}/a", {"data": {"k": "2"}}, merge, 200),
        ("DELETE", f"{MAPS}/a", None, "application/json", 200),
    ):
        assert running.send(method, path, body, headers, token, content_type) == code
    assert len(running.hook.received) == 8


@pytest.mark.parametrize("name", SETUPS)
def test_nothing_of_a_stranger_gets_through(tmp_path: Path, name: str) -> None:
    """Neither his ids nor his tracestate nor his baggage are in any header that leaves the server, or recorded.

    He cannot make anybody downstream sample either: what is sent instead is sampled only when everything is. Of his
    trace the link in a new root is all that remains.
    """
    setup = SETUPS[name]
    with _running(tmp_path, setup) as running:
        _change_everything(running, _headers(), DEVELOPER)
    sent_on = _everything(running.hook.received)
    assert not [trace for trace in TRACES_OF_THE_STRANGER if trace in sent_on]
    contexts = [review.header("traceparent") for review in running.hook.received]
    assert all(context is None or context.endswith("-03") is setup.records_everything for context in contexts)
    spans = running.collector.spans()
    assert bool(spans) is setup.records_everything
    assert TRACE_ID not in {span.trace_id for span in spans}
    links = [link for span in spans for link in span.links]
    assert {(link.trace_id, link.span_id, link.trace_state) for link in links} <= {(TRACE_ID, SPAN_ID, "")}
    assert len(links) == (4 if setup.records_everything else 0)
    assert not any(span.trace_state for span in spans)


@pytest.mark.parametrize("name", ["off", "gate closed", "on demand", "every trace"])
def test_what_a_trusted_caller_sends_gets_through(tmp_path: Path, name: str) -> None:
    """The same headers from a member of system:masters reach the webhooks, also when tracing is off."""
    with _running(tmp_path, SETUPS[name]) as running:
        _change_everything(running, _headers(), ADMIN)
    for review in running.hook.received:
        version, trace_id, _, flags = str(review.header("traceparent")).split("-")
        assert (version, trace_id, flags) == ("00", TRACE_ID, "01")
        assert review.header("tracestate") == TRACESTATE
        assert review.header("baggage") == BAGGAGE
    spans = running.collector.spans()
    if name in ("off", "gate closed"):
        assert spans == []
    else:
        assert {span.trace_id for span in spans} == {TRACE_ID}
        clients = {span.span_id for span in spans if span.kind == 3}
        assert {str(review.header("traceparent")).split("-")[2] for review in running.hook.received} == clients


def test_our_own_kind_of_file_trusts_nobody_by_default(tmp_path: Path) -> None:
    """Not even system:masters, until the file says so."""
    with _running(tmp_path, SETUPS["trusting nobody"]) as running:
        _change_everything(running, _headers(), ADMIN)
    sent_on = _everything(running.hook.received)
    assert not [trace for trace in TRACES_OF_THE_STRANGER if trace in sent_on]


DISGUISES = {
    "capitals": ["Traceparent: {traceparent}", "TRACESTATE: {tracestate}", "BagGage: {baggage}"],
    "twice": ["traceparent: {traceparent}", "traceparent: {traceparent}", "baggage: {baggage}", "baggage: {baggage}"],
    "a later version": [
        "traceparent: cc-{trace}-{span}-01-what-comes",
        "tracestate: {tracestate}",
        "baggage: {baggage}",
    ],
    "an invalid parent": [
        "traceparent: 00-{trace}-0000000000000000-01",
        "tracestate: {tracestate}",
        "baggage: {baggage}",
    ],
    "garbage": ["traceparent: {trace}", "tracestate: {tracestate},{tracestate}", "baggage: {baggage},,=,{baggage}"],
    "without a traceparent": ["tracestate: {tracestate}", "baggage: {baggage}"],
    "underscores": ["trace_parent: {traceparent}", "trace-parent: {traceparent}", "x-b3-traceid: {trace}"],
    "other formats": ["b3: {trace}-{span}-1", "uber-trace-id: {trace}:{span}:0:1", "X-Amzn-Trace-Id: Root={trace}"],
    "forged identity": ["{all}", "X-Remote-User: admin", "X-Remote-Group: system:masters", "Impersonate-User: admin"],
    "hop by hop": ["{all}", "Connection: traceparent", "X-Forwarded-For: 127.0.0.1"],
}


def _disguised(name: str) -> list[str]:
    values = {**SENT, "trace": TRACE_ID, "span": SPAN_ID}
    return [
        header.format(**values)
        for template in DISGUISES[name]
        for header in (_headers() if template == "{all}" else [template])
    ]


@pytest.mark.parametrize("setup", ["off", "every trace"])
def test_no_disguise_helps(tmp_path: Path, setup: str) -> None:
    """Other spellings, other formats, several headers, invalid values, forged identities: all in one server each."""
    with _running(tmp_path, SETUPS[setup]) as running:
        for number, name in enumerate(DISGUISES):
            value = config_map(f"c{number}")
            assert running.send("POST", MAPS, value, _disguised(name), DEVELOPER, "application/json") == 201
    assert len(running.hook.received) == 2 * len(DISGUISES)
    sent_on = _everything(running.hook.received)
    assert not [trace for trace in TRACES_OF_THE_STRANGER if trace in sent_on]
    assert TRACE_ID not in {span.trace_id for span in running.collector.spans()}


@pytest.mark.parametrize("setup", ["off", "every trace"])
@pytest.mark.parametrize("token", ["", "wrong"], ids=["anonymous", "wrong token"])
def test_callers_that_nobody_knows_reach_no_webhook(tmp_path: Path, setup: str, token: str) -> None:
    """A 401 sends nothing on at all, and its trace is its own."""
    with _running(tmp_path, SETUPS[setup]) as running:
        assert running.send("POST", MAPS, config_map("a"), _headers(), token, "application/json") == 401
    assert running.hook.received == []
    assert TRACE_ID not in {span.trace_id for span in running.collector.spans()}
