"""The ``tracing-view`` program."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tracing_facade.viewer.command import build_parser, main

VIEWER = [sys.executable, "-m", "tracing_facade.viewer", "--http-port", "0", "--grpc-port", "0", "--quiet", "0.1"]


@contextmanager
def _viewer(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([*VIEWER, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _send(address: str, name: str = "order") -> None:
    request = ExportTraceServiceRequest()
    span = Span(trace_id=b"t" * 16, span_id=b"s" * 8, name=name, start_time_unix_nano=1, end_time_unix_nano=2_000_001)
    request.resource_spans.add().scope_spans.add().spans.append(span)
    message = urllib.request.Request(
        f"{address}/v1/traces", request.SerializeToString(), {"Content-Type": "application/x-protobuf"}
    )
    with urllib.request.urlopen(message, timeout=20) as answer:
        assert answer.status == 200


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def test_a_trace_is_printed_when_it_is_quiet() -> None:
    """The waterfall appears without anybody asking, and Ctrl-C ends the program without an error."""
    with _viewer() as viewer:
        found = re.search(r"HTTP (http://127\.0\.0\.1:\d+), gRPC 127\.0\.0\.1:\d+\.", _line(viewer))
        assert found
        _send(found[1])
        assert [_line(viewer), _line(viewer)] == ["\n", f"trace {(b't' * 16).hex()} · 1 span · 1 service · 2 ms\n"]
        assert _line(viewer).startswith("unknown_service: order █")
        viewer.send_signal(signal.SIGINT)
        _, errors = viewer.communicate(timeout=20)
        assert (viewer.returncode, errors) == (0, "")


def test_programs_get_one_json_object_a_line() -> None:
    """The first line says where it listens, each further one is a trace; what came last is printed at the end."""
    with _viewer("--format", "json", "--quiet", "60") as viewer:
        listening = json.loads(_line(viewer))["listening"]
        _send(listening["http"])
        viewer.send_signal(signal.SIGTERM)
        output, errors = viewer.communicate(timeout=20)
        assert (viewer.returncode, errors) == (0, "")
        assert [span["name"] for span in json.loads(output)["spans"]] == ["order"]


def test_a_port_that_is_taken_is_explained() -> None:
    """The message names the port and what to do."""
    with _viewer("--format", "json") as viewer:
        port = json.loads(_line(viewer))["listening"]["http"].rpartition(":")[2]
        second = subprocess.run([*VIEWER, "--http-port", port], capture_output=True, text=True, timeout=60)
        assert second.returncode == 1
        assert f"cannot listen on port {port}" in second.stderr
        assert "--http-port 0" in second.stderr


def test_a_reader_that_goes_away_ends_the_viewer_quietly() -> None:
    """``tracing-view | head -1`` leaves no traceback."""
    with _viewer() as viewer:
        found = re.search(r"HTTP (\S+),", _line(viewer))
        assert found
        assert viewer.stdout
        assert viewer.stderr
        viewer.stdout.close()
        _send(found[1])
        assert viewer.wait(timeout=60) == 0
        # gRPC may say something of its own there when it is shut down.
        assert "Traceback" not in viewer.stderr.read()


def test_without_standard_output_there_is_still_the_query_api() -> None:
    """A viewer in the background may have its output closed; it goes on to receive."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*VIEWER, "--http-port", str(port)]
    viewer = subprocess.Popen(["sh", "-c", 'exec "$@" >&-', "sh", *command], stderr=subprocess.PIPE, text=True)
    try:
        while viewer.poll() is None:
            with contextlib.suppress(OSError):
                _send(f"http://127.0.0.1:{port}")
                break
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/traces", timeout=10) as answer:
            assert len(json.load(answer)["traces"]) == 1
    finally:
        viewer.terminate()
        _, said = viewer.communicate(timeout=60)
    assert "Traceback" not in said


def test_a_terminal_gets_colours() -> None:
    """Colours are for people who look at a terminal, unless they asked for none."""
    terminal, program_side = pty.openpty()
    environment = {**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm"}
    viewer = subprocess.Popen(VIEWER, stdout=program_side, env=environment)
    os.close(program_side)
    try:
        found = re.search(r"HTTP (http://[\d.:]+),", _read_terminal(terminal, "Ctrl-C ends"))
        assert found
        _send(found[1], name="\x1b[5mblink")
        shown = _read_terminal(terminal, "2 ms\r\n\r\n")
        assert "\x1b[1mtrace" in shown
        assert "\x1b[5m" not in shown
    finally:
        viewer.kill()
        viewer.wait()
        os.close(terminal)


def _read_terminal(terminal: int, until: str) -> str:
    text, deadline = "", time.monotonic() + 30
    while until not in text and time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.1)[0]:
            text += os.read(terminal, 10_000).decode()
    return text


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.com", ""])
def test_only_loopback_is_listened_on(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An address that others could reach is refused with the reason."""
    with pytest.raises(SystemExit):
        main(["--host", host])
    assert "no loopback address: traces may hold secrets" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "address"), [("localhost", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1"), ("[::1]", "::1")]
)
def test_each_loopback_address_will_do(value: str, address: str) -> None:
    """Names and both families of addresses are understood."""
    assert build_parser().parse_args(["--host", value]).host == address


@pytest.mark.parametrize(
    "arguments",
    [["--http-port", "70000"], ["--grpc-port", "-1"], ["--quiet", "nan"], ["--quiet", "0"], ["--traces", "0"]],
    ids=" ".join,
)
def test_numbers_out_of_range_are_refused(arguments: list[str]) -> None:
    """Nonsense is a usage error, not a surprise later."""
    with pytest.raises(SystemExit) as caught:
        build_parser().parse_args(arguments)
    assert caught.value.code == 2
