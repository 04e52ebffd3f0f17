"""``tracing-view``: the command line, and the loop that prints each trace when it is finished."""

from __future__ import annotations

import argparse
import contextlib
import ipaddress
import json
import math
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Protocol, TextIO

from tracing_facade.errors import MissingDependencyError
from tracing_facade.viewer.http_receiver import HttpReceiver, trace_as_json
from tracing_facade.viewer.store import MOST_TRACES, Trace, TraceStore
from tracing_facade.viewer.waterfall import render_waterfall

_POLL_SECONDS = 0.1


class _Receiver(Protocol):
    @property
    def port(self) -> int: ...

    def start(self) -> None: ...

    def stop(self) -> None: ...


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the viewer until Ctrl-C or SIGTERM, and return the exit status."""
    options = build_parser().parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    # A terminal that cannot show a character shows a question mark; it does not end the program.
    getattr(sys.stdout, "reconfigure", lambda **_: None)(errors="replace")
    store = TraceStore(most_traces=options.traces, quiet_seconds=options.quiet)
    receivers: list[_Receiver] = []
    try:
        _listen(store, options, receivers)
        _announce(options, *(receiver.port for receiver in receivers))
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # for a standard output that was closed before
            _show_until(ended, store, Printer(sys.stdout or nowhere, options.format))
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, MissingDependencyError) as error:
        print(f"tracing-view: {error}", file=sys.stderr)
        return 1
    finally:
        for receiver in receivers:
            receiver.stop()
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; the reference page is written from it."""
    parser = argparse.ArgumentParser(
        prog="tracing-view",
        description="Receive OTLP spans on this machine and print each trace as a waterfall.",
        epilog="Query it at http://localhost:4318/api/traces and /api/traces/<trace id>?format=text.",
    )
    parser.add_argument("--host", type=_loopback, default="127.0.0.1", help="loopback address (default: %(default)s)")
    parser.add_argument(
        "--http-port", type=_port, default=4318, help="OTLP/HTTP and the query API; 0 picks one (default: %(default)s)"
    )
    parser.add_argument("--grpc-port", type=_port, default=4317, help="OTLP/gRPC; 0 picks one (default: %(default)s)")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="waterfalls, or one JSON object a line for programs"
    )
    parser.add_argument(
        "--quiet",
        type=_seconds,
        default=1.5,
        metavar="SECONDS",
        help="print a trace when nothing of it came for so long (default: %(default)s)",
    )
    parser.add_argument(
        "--traces",
        type=_count,
        default=MOST_TRACES,
        metavar="NUMBER",
        help="how many traces to keep; the one that changed longest ago goes first (default: %(default)s)",
    )
    return parser


def _loopback(value: str) -> str:
    host = "127.0.0.1" if value == "localhost" else value.strip("[]")
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return host
    raise argparse.ArgumentTypeError(
        f"{value!r} is no loopback address: traces may hold secrets, so use localhost, 127.0.0.1 or ::1 and a tunnel"
    )


def _port(value: str) -> int:
    if value.isascii() and value.isdigit() and int(value) < 65_536:
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is no port: give a number from 0 to 65535")


def _seconds(value: str) -> float:
    with contextlib.suppress(ValueError):
        if 0 < (seconds := float(value)) < math.inf:
            return seconds
    raise argparse.ArgumentTypeError(f"{value!r} is no number of seconds: give one above 0, for example 1.5")


def _count(value: str) -> int:
    if value.isascii() and value.isdigit() and int(value) > 0:
        return int(value)
    raise argparse.ArgumentTypeError(f"{value!r} is no number of traces: give 1 or more")


def _listen(store: TraceStore, options: argparse.Namespace, receivers: list[_Receiver]) -> None:
    try:
        from tracing_facade.viewer.grpc_receiver import GrpcReceiver
    except ImportError:
        raise MissingDependencyError("grpcio", "tracing-view", "viewer") from None
    with _port_explained(options.http_port, "--http-port"):
        receivers.append(HttpReceiver(store, options.host, options.http_port))
    with _port_explained(options.grpc_port, "--grpc-port"):
        receivers.append(GrpcReceiver(store, options.host, options.grpc_port))
    for receiver in receivers:
        receiver.start()


@contextlib.contextmanager
def _port_explained(port: int, option: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(f"cannot listen on port {port} ({error}); is another viewer running? Try {option} 0") from None


def _announce(options: argparse.Namespace, http_port: int, grpc_port: int) -> None:
    host = f"[{options.host}]" if ":" in options.host else options.host
    http, grpc = f"http://{host}:{http_port}", f"{host}:{grpc_port}"
    if options.format == "json":
        told = json.dumps({"listening": {"http": http, "grpc": grpc}})
    else:
        told = f"Listening for OTLP spans: HTTP {http}, gRPC {grpc}. Ctrl-C ends.\n"
    # In one piece, since whoever has read a line of it may go away: `print` would write the line end by itself.
    print(f"{told}\n", end="", flush=True)


def _show_until(ended: threading.Event, store: TraceStore, printer: Printer) -> None:
    while not ended.wait(_POLL_SECONDS):
        printer.show(store.take_finished())
    printer.show(store.take_finished(all_of_them=True))
    if store.discarded:
        print(f"tracing-view: {store.discarded:,} of {store.received:,} spans were evicted", file=sys.stderr)


class Printer:
    """Writes traces to ``output``: waterfalls as wide as the terminal, or lines of JSON."""

    def __init__(self, output: TextIO, kind: str) -> None:
        self._output = output
        self._json = kind == "json"
        self._colour = output.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"

    def show(self, traces: Sequence[Trace]) -> None:
        """Write each of ``traces``; a trace that is shown again has got more spans since."""
        for trace in traces:
            if self._json:
                self._output.write(json.dumps(trace_as_json(trace)) + "\n")
            else:
                width = shutil.get_terminal_size((100, 24)).columns
                self._output.write(render_waterfall(trace.spans, width=width, colour=self._colour) + "\n")
        self._output.flush()
