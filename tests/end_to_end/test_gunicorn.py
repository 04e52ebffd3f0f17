"""gunicorn with two workers, of each kind and preloaded or not: every span arrives once, where it belongs."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.collector import Collector
from tests.support.received_span import ReceivedSpan
from tests.support.repository import ROOT
from tracing_facade._engine import engine

pytest.importorskip("gunicorn")
pytest.importorskip("gevent")

ENGINES = [engine.PYTHON, *([engine.NATIVE] if engine.native() is not None else [])]
# What one worker takes on at the same time is fewer than what is sent, so that both of them have something to do.
AT_ONCE = 4
KINDS = {
    "sync": ["--worker-class=sync"],
    "gthread": ["--worker-class=gthread", "--threads=2", "--worker-connections=2", "--keep-alive=0"],
    "gevent": ["--worker-class=gevent", "--worker-connections=2"],
}

APPLICATION = """
import json, os, time
import tracing_facade as tracing
from tracing_facade.servers.wsgi import TracingMiddleware
from tracing_facade.trust import trust_everyone

tracing.configure(tracing.TracingConfiguration(
    service_name="shop", endpoint=os.environ["ENDPOINT"], protocol="http/protobuf", sampling_rate_per_million=1_000_000
))
WORK = tracing.SpanSpec("work")

def answer(environ, start_response):
    server = tracing.current_span().get_span_context()
    with tracing.start_span(WORK) as span:
        time.sleep(0.02)
        assert tracing.current_span() is span
    work = span.get_span_context()
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {"pid": os.getpid(), "trace": f"{server.trace_id:032x}", "server": f"{server.span_id:016x}",
            "work": f"{work.span_id:016x}"}
    return [json.dumps(told).encode()]

application = TracingMiddleware(answer, trust=trust_everyone, route=lambda environ: "/")
"""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("shop", timeout=30)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket in the file system."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(str(self._path))


@contextmanager
def _gunicorn(folder: Path, endpoint: str, engine_name: str, *arguments: str) -> Iterator[Path]:
    """Serve in the block and stop gracefully after it; yields the path of the socket."""
    (folder / "shop.py").write_text(APPLICATION, encoding="utf-8")
    command = [sys.executable, "-m", "gunicorn", "--workers=2", "--bind=unix:s", "--log-level=warning",
               "--chdir", str(folder), *arguments, "shop:application"]  # fmt: skip
    variables = {**os.environ, "ENDPOINT": endpoint, engine.VARIABLE: engine_name}
    with (folder / "said.txt").open("w") as said:
        server = subprocess.Popen(command, cwd=folder, env=variables, stderr=said)
    try:
        yield folder / "s"
        server.terminate()
        assert server.wait(30) == 0, (folder / "said.txt").read_text(encoding="utf-8")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    assert (folder / "said.txt").read_text(encoding="utf-8") == ""


def _ask(path: Path, traceparent: str) -> dict[str, Any]:
    """Send one request, again while nobody listens yet; returns what the application told about itself."""
    for _ in range(600):
        connection = _UnixConnection(path)
        try:
            connection.request("GET", "/", headers={"traceparent": traceparent} if traceparent else {})
        except (FileNotFoundError, ConnectionRefusedError):
            time.sleep(0.05)
            continue
        response = connection.getresponse()
        told: dict[str, Any] = json.loads(response.read())
        connection.close()
        assert response.status == 200
        return told
    pytest.fail("gunicorn does not listen")


def _ask_both_workers(path: Path) -> dict[str, dict[str, Any]]:
    """Send requests until both workers have answered three times; returns by trace id what they told.

    Every other request continues a trace of its caller.
    """
    told: dict[str, dict[str, Any]] = {}
    number = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while number < 400 and not _both_answered(told):
            numbers = range(number + 1, number + 1 + AT_ONCE)
            sent = ["" if n % 2 else f"00-{n:032x}-{n:016x}-01" for n in numbers]
            for parent, answer in zip(sent, pool.map(_ask, [path] * AT_ONCE, sent), strict=True):
                assert answer["trace"] not in told
                told[answer["trace"]] = {**answer, "parent": parent[36:52], "caller": parent[3:35]}
            number += AT_ONCE
    assert _both_answered(told)
    return told


def _both_answered(told: dict[str, dict[str, Any]]) -> bool:
    answers = Counter(answer["pid"] for answer in told.values())
    return len(answers) == 2 and min(answers.values()) >= 3


@pytest.mark.parametrize("preload", [False, True], ids=["each for itself", "preloaded"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("engine_name", ENGINES)
def test_every_span_arrives_once(engine_name: str, kind: str, preload: bool, tmp_path: Path) -> None:
    """After a graceful stop all of them are there, below the right parents, and no id was drawn twice."""
    arguments = [*KINDS[kind], *(["--preload"] if preload else [])]
    with Collector() as collector:
        with _gunicorn(tmp_path, collector.http_endpoint, engine_name, *arguments) as path:
            told = _ask_both_workers(path)
        spans = collector.spans()
    assert sorted(_places(spans)) == sorted(_places_told(told))
    assert len({span.span_id for span in spans}) == len(spans)
    _check_instances(spans, {answer["trace"]: answer["pid"] for answer in told.values()})


def _places(spans: list[ReceivedSpan]) -> list[tuple[str, str, str, str]]:
    return [(span.name, span.trace_id, span.span_id, span.parent_span_id) for span in spans]


def _places_told(told: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    for trace, answer in told.items():
        assert answer["caller"] in ("", trace)
        yield "GET /", trace, answer["server"], answer["parent"]
        yield "work", trace, answer["work"], answer["server"]


def _check_instances(spans: list[ReceivedSpan], pids: dict[str, int]) -> None:
    """Each worker is one instance of the service, and no two are the same."""
    instances = {(pids[span.trace_id], span.resource["service.instance.id"]) for span in spans}
    assert len(instances) == len({instance for _, instance in instances}) == len({pid for pid, _ in instances}) == 2
    assert {span.resource["service.name"] for span in spans} == {"shop"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_documentation_promises_no_other_kind(kind: str) -> None:
    """What it says is supported is what is tested here."""
    page = (ROOT / "docs" / "how_to" / "serve_with_gunicorn.md").read_text(encoding="utf-8")
    promised = next(line for line in page.split("\n- ") if "are supported" in line).partition(" are supported")[0]
    assert f"`{kind}`" in promised
    assert promised.count("`") == 2 * len(KINDS)
