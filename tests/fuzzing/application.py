"""An application that does whatever it likes with spans, chosen at random, and is itself called back at bad moments."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests.adapters import BaseAdapter

import tracing_facade as tracing
from tests.fuzzing.forked import exit_code_of
from tests.fuzzing.hostile import Mishap, Values
from tracing_facade.clients.requests_adapter import TracedAdapter
from tracing_facade.servers.wsgi import TracingMiddleware, earlier_span
from tracing_facade.trust import trust_everyone

SPECS = [
    tracing.SpanSpec("a"),
    tracing.SpanSpec("b", kind=tracing.SpanKind.CLIENT),
    tracing.SpanSpec("s", slow_after=9),
]
MOST_SPANS_KEPT = 60
_DEEPEST = 3


class Application:
    """Does things with tracing.

    Args:
        seed: decides what.
        reconfigure: replaces the configuration, and is called at any time.
        forks: whether processes are forked.
    """

    def __init__(self, seed: int, reconfigure: Callable[[], None], forks: bool) -> None:
        self._chosen = random.Random(seed)
        self._reconfigure = reconfigure
        self._forks = forks
        self._depth = 0
        self._open: list[Any] = []
        self._values = Values(self._chosen, self.misbehave)
        self._acts: list[Callable[[], object]] = [
            self._start, self._start, self._start_inside, self._start_inside, self._set, self._set, self._set,
            self._set_many, self._event, self._status, self._error, self._rename, self._link, self._end, self._end,
            self._leave, self._begin_again, self._look, self._inject, self._extract, self._drop, self._serve,
            self._send, self._make_odd, self._use_opentelemetry,
        ]  # fmt: skip

    def run(self, steps: int) -> None:
        """Do so many things, none of which may raise what a hostile value raised."""
        for _ in range(steps):
            self._chosen.choice(self._acts)()
        while self._open:
            self._end()

    def misbehave(self) -> None:
        """Do something while tracing is looking at a value."""
        if self._depth >= _DEEPEST or self._chosen.random() < 0.5:
            return
        self._depth += 1
        try:
            self._misbehave()
        finally:
            self._depth -= 1

    def _misbehave(self) -> None:
        number = self._chosen.random()
        if number < 0.45:
            self._chosen.choice(self._acts)()
        elif number < 0.60:
            raise Mishap
        elif number < 0.70:
            gc.collect(self._chosen.choice([0, 1, 2]))
        elif number < 0.76:
            self._drop()
        elif number < 0.80:
            tracing.flush(0.001)
        elif number < 0.82:
            self._reconfigure()
        elif number < 0.825:
            tracing.shutdown(0.001)
        elif number < 0.835 and self._forks:
            self._fork()

    def _fork(self) -> None:
        child = os.fork()
        if child:
            code = exit_code_of(child)
            assert code == 0, f"a forked child ended with {code}"
            return
        verdict = 1
        try:
            self._forks = False
            for _ in range(20):
                self._chosen.choice(self._acts)()
            tracing.flush(0.05)
            tracing.shutdown(0.05)
            verdict = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(verdict)

    # What applications do

    def _any_span(self) -> Any:
        return self._chosen.choice(self._open) if self._open else tracing.current_span()

    def _spec(self) -> Any:
        number = self._chosen.random()
        return (
            self._chosen.choice(SPECS) if number < 0.7 else self._values.text() if number < 0.9 else self._values.any()
        )

    def _links(self) -> Any:
        return [self._any_span(), self._values.any()] if self._chosen.random() < 0.1 else ()

    def _keep(self, span: Any) -> Any:
        self._open.append(span)
        if len(self._open) > MOST_SPANS_KEPT:
            self._open.pop(0).end()
        return span

    def _start(self) -> None:
        attributes = self._values.mapping() if self._chosen.random() < 0.6 else None
        self._keep(tracing.start_span(self._spec(), attributes, links=self._links()))

    def _start_inside(self) -> None:
        self._keep(tracing.start_span(self._spec(), self._values.mapping())).__enter__()

    def _set(self) -> None:
        self._any_span().set_attribute(self._values.key(), self._values.any())

    def _set_many(self) -> None:
        self._any_span().set_attributes(self._values.mapping())

    def _event(self) -> None:
        self._any_span().add_event(self._values.key(), self._values.mapping())

    def _status(self) -> None:
        self._any_span().set_status(self._values.any(), self._values.any())

    def _error(self) -> None:
        self._any_span().record_error(self._values.hostile())

    def _rename(self) -> None:
        self._any_span().update_name(self._values.any())

    def _link(self) -> None:
        self._any_span().add_link(self._values.any(), self._values.mapping())

    def _end(self) -> None:
        if self._open:
            self._open.pop(self._chosen.randrange(len(self._open))).end()

    def _leave(self) -> None:
        if self._open:
            error = self._chosen.choice([None, None, Mishap("left"), KeyboardInterrupt()])
            self._open.pop(self._chosen.randrange(len(self._open))).__exit__(type(error), error, None)

    def _begin_again(self) -> None:
        span = self._any_span()
        if self._chosen.random() < 0.3:
            span.begin_with({self._values.text(): self._values.plain()})
        elif self._chosen.random() < 0.5:
            span.__enter__()
        else:
            span.__exit__(None, None, None)
            span.__enter__()

    def _look(self) -> None:
        span = self._any_span()
        for name in ("attributes", "events", "links", "name", "trace_id", "span_id", "status_code", "end_ns", "scope"):
            getattr(span, name, None)
        span.get_span_context()

    def _inject(self) -> None:
        tracing.inject({} if self._chosen.random() < 0.7 else self._values.any())

    def _extract(self) -> None:
        headers = {"traceparent": self._values.any(), "tracestate": self._values.any(), "baggage": self._values.any()}
        with tracing.extract(headers, trust=trust_everyone):
            self._start()

    def _drop(self) -> None:
        if self._open:
            del self._open[self._chosen.randrange(len(self._open))]

    def _make_odd(self) -> None:
        odd: Any = type(self._any_span())
        with contextlib.suppress(TypeError, AttributeError):
            self._open.append(odd.__new__(odd))
            self._open.pop().set_attribute("a", 1)

    def _use_opentelemetry(self) -> None:
        from opentelemetry import trace

        tracer = trace.get_tracer(self._values.text())
        with contextlib.suppress(Mishap, KeyboardInterrupt):
            self._keep(tracer.start_span(self._values.text(), attributes=self._values.mapping()))

    def _serve(self) -> None:
        environ = {name: self._values.any() for name in self._chosen.sample(ENVIRON, 6)}
        environ.setdefault("REQUEST_METHOD", "GET")
        trust = self._chosen.choice([trust_everyone, trust_everyone, lambda caller: self._values.any()])
        route = self._chosen.choice([None, None, lambda environ: self._values.any()])
        with contextlib.suppress(_Failure):
            if self._chosen.random() < 0.3:
                with earlier_span(environ, self._chosen.choice(SPECS)) as attributes:
                    attributes[self._values.text()] = self._values.any()
                    self._chosen.choice(self._acts)()
            body = TracingMiddleware(self._answer, trust=trust, route=route)(environ, lambda *_: None)
            list(body)
            getattr(body, "close", lambda: None)()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self._chosen.choice(self._acts)()
        start_response(self._chosen.choice(["200 OK", "x", self._values.any()]), [])
        kind = self._chosen.choice(["list", "generator", "failure"])
        if kind == "failure":
            raise _Failure
        return [b"x"] if kind == "list" else self._stream()

    def _stream(self) -> Iterator[bytes]:
        yield b"x"
        self._chosen.choice(self._acts)()
        if self._chosen.random() < 0.3:
            raise _Failure
        yield b"y"

    def _send(self) -> None:
        request = requests.PreparedRequest()
        request.headers = requests.structures.CaseInsensitiveDict({"a": "b"})
        request.method = self._chosen.choice(["GET", "get", self._values.any()])
        request.url = self._chosen.choice(["http://a.example/b?c=d", "http://[::1]/", self._values.any()])
        with contextlib.suppress(_Failure):
            TracedAdapter(_Peer(self)).send(request)


class _Failure(Exception):
    """The application's own."""


class _Peer(BaseAdapter):
    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        application = self._application
        application._chosen.choice(application._acts)()
        if application._chosen.random() < 0.3:
            raise _Failure
        response = requests.Response()
        response.status_code = application._chosen.choice([200, 404, application._values.any()])
        response.request = request
        return response

    def close(self) -> None:
        """Do nothing."""


ENVIRON = [
    "PATH_INFO", "SCRIPT_NAME", "QUERY_STRING", "wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT",
    "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PROTOCOL", "HTTP_USER_AGENT", "HTTP_TRACEPARENT", "HTTP_TRACESTATE",
    "HTTP_BAGGAGE", "tracing_facade.started_ns", "tracing_facade.route", "tracing_facade.earlier_spans",
]  # fmt: skip


def run_on_threads(applications: list[Application], steps: int) -> list[BaseException]:
    """Run them at the same time; returns what they raised."""
    raised: list[BaseException] = []

    def work(application: Application) -> None:
        try:
            application.run(steps)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=work, args=(application,)) for application in applications]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised
