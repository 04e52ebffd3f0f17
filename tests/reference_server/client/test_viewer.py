"""The waterfall, from a real viewer and from others that are none."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from werkzeug.wrappers import Response

from reference_server.client.viewer import NoWaterfall, Viewer
from tests.support.api_server import listening
from tests.tracing_facade.viewer.spans import TRACE_ID, span
from tracing_facade.viewer.http_receiver import HttpReceiver
from tracing_facade.viewer.store import TraceStore

ROOT = "a".rjust(16, "0")


@contextmanager
def _viewer(quiet: float = 0.1) -> Iterator[tuple[TraceStore, Viewer]]:
    store = TraceStore(quiet_seconds=quiet)
    receiver = HttpReceiver(store, "127.0.0.1", 0)
    receiver.start()
    try:
        yield store, Viewer(f"http://127.0.0.1:{receiver.port}/")
    finally:
        receiver.stop()


def test_a_trace_that_is_there_is_shown() -> None:
    """As wide as asked for."""
    with _viewer() as (store, viewer):
        store.add([span("a", name="GET /x"), span("b", "a")])
        text = viewer.waterfall(TRACE_ID, [ROOT], width=80, seconds=10)
    assert "GET /x" in text
    assert "2 spans" in text
    assert max(map(len, text.splitlines())) <= 80


def test_it_waits_for_the_spans_that_the_server_named() -> None:
    """Others come first, as when two processes export at their own pace."""
    with _viewer() as (store, viewer):
        store.add([span("b", "a")])
        timer = threading.Timer(1.0, store.add, [[span("a", name="GET /late")]])
        timer.start()
        assert "GET /late" in viewer.waterfall(TRACE_ID, [ROOT], width=100, seconds=30)
        timer.join()


def test_it_does_not_wait_for_ever() -> None:
    """Then whatever there is will do."""
    with _viewer() as (store, viewer):
        store.add([span("b", "a", name="only this")])
        assert "only this" in viewer.waterfall(TRACE_ID, [ROOT], width=100, seconds=0.5)


def test_a_trace_that_never_comes() -> None:
    """The message asks the right question."""
    nothing = r"nothing of the trace has come to .* within 0\.2 s"
    with _viewer() as (_, viewer), pytest.raises(NoWaterfall, match=nothing):
        viewer.waterfall(TRACE_ID, [ROOT], width=100, seconds=0.2)


def test_no_viewer() -> None:
    """Is told at once."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(NoWaterfall, match=r"no viewer answers at .* with `tracing-view` running"):
        Viewer(f"http://127.0.0.1:{port}").waterfall(TRACE_ID, [ROOT], width=100, seconds=30)
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "response",
    [
        Response("not here", status=404),
        Response("[]", status=404),
        Response("moved", status=302, headers={"Location": "http://127.0.0.1:1/"}),
        Response("error", status=500),
    ],
    ids=lambda response: response.status,
)
def test_something_else_that_listens(response: Response) -> None:
    """Another collector on the port of the viewer is not taken for one."""
    with listening(response) as server, pytest.raises(NoWaterfall, match="no tracing-view: status"):
        Viewer(server.url).waterfall(TRACE_ID, [ROOT], width=100, seconds=1)


def test_an_answer_that_is_no_json_is_no_trace() -> None:
    """It has none of the spans, so after the wait its text is shown."""
    with listening(Response("hello")) as server:
        assert Viewer(server.url).waterfall(TRACE_ID, [ROOT], width=100, seconds=0.3) == "hello"


@pytest.mark.parametrize("url", ["nonsense", "http://", "http://[", "file:///etc/passwd"])
def test_urls_that_cannot_be_asked(url: str) -> None:
    """Are told, not raised."""
    with pytest.raises(NoWaterfall, match=r"cannot be asked|no viewer"):
        Viewer(url).waterfall(TRACE_ID, [ROOT], width=100, seconds=0.1)
