"""The corpus of secrets, in every place of a span, through real export: nothing of them is in the received bytes."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from opentelemetry import trace

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import PROTOCOLS, Protocol, configuration_for
from tests.tracing_facade.policy.secrets_corpus import CANARY, HARMLESS, SECRETS, SHAPES
from tracing_facade._engine import engine
from tracing_facade._engine.interface import Link

ENGINES = (engine.PYTHON, engine.NATIVE) if engine.loaded() else (engine.PYTHON,)


def _raise(text: str) -> None:
    raise ValueError(text)


def _raise_from(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as error:
        raise RuntimeError("wrapped") from error


def _raise_while_handling(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError:
        raise RuntimeError("another")  # noqa: B904  # the context is what this is about


def _raise_with_an_object(text: str) -> None:
    raise ValueError({"detail": [text]}, text)


def _raise_deep(text: str, depth: int = 400) -> None:
    """Raise with a stack trace that is longer than what is kept of it."""
    if depth:
        _raise_deep(text, depth - 1 if depth % 2 else depth - 2)
    raise ValueError(f"{text}\n{'a long line ' * 1_000}")


def _in_exception(text: str, action: Callable[[str], None]) -> None:
    with pytest.raises((ValueError, RuntimeError)), tracing.start_span("fails"):
        action(text)


def _handled(text: str) -> None:
    with tracing.start_span("handles") as span:
        try:
            _raise(text)
        except ValueError as error:
            span.record_error(error)


def _noted(text: str) -> None:
    with tracing.start_span("notes") as span:
        error = ValueError("see the notes")
        error.__notes__ = [text]  # type: ignore[attr-defined]  # what add_note of Python 3.11 does
        span.record_error(error)


def _note_stack(text: str) -> None:
    with tracing.start_span("stack") as span:
        span.set_attribute("exception.stacktrace", f"{traceback.format_stack()[-1]}\nValueError: {text}\n")


def _with(text: str, attributes: dict[str, object]) -> None:
    with tracing.start_span("attributes", attributes):  # type: ignore[arg-type]  # shapes that types forbid, too
        pass


def _event(text: str, *, name: str = "happened") -> None:
    with tracing.start_span("event") as span:
        span.add_event(name, {"detail": text})


def _status(text: str) -> None:
    with tracing.start_span("status") as span:
        span.set_status(False, text)


def _link(text: str) -> None:
    link = Link("1" * 32, "2" * 16, attributes={"why": text})
    with tracing.start_span("links", links=[link]):
        pass


def _set_later(text: str) -> None:
    with tracing.start_span("later") as span:
        span.set_attribute("one", text)
        span.set_attributes({"two": text, "three": (text,)})


def _renamed(text: str) -> None:
    with _tracer().start_as_current_span("renamed") as span:
        span.update_name(text)


def _tracer(scope: str = "library") -> trace.Tracer:
    return trace.get_tracer(scope)


def _third_party(text: str) -> None:
    span = _tracer().start_span("third party", attributes={"note": text, "notes": [text]})
    span.set_attribute("later", text)
    span.end()


def _third_party_event(text: str) -> None:
    with _tracer().start_as_current_span("third party") as span:
        span.add_event("fine", {"detail": text})
        span.set_status(trace.Status(trace.StatusCode.ERROR, text))


def _third_party_exception(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"), _tracer().start_as_current_span("third party"):
        _raise(text)


def _third_party_link(text: str) -> None:
    other = trace.SpanContext(1, 2, is_remote=True)
    _tracer().start_span("third party", links=[trace.Link(other, {"why": text})]).end()


PLACES: dict[str, Callable[[str], None]] = {
    "attribute": lambda text: _with(text, {"note": text}),
    "attribute set later": _set_later,
    "attribute key": lambda text: _with(text, {text: 1}),
    "item of a list": lambda text: _with(text, {"notes": ["fine", text]}),
    "value of a mapping": lambda text: _with(text, {"notes": {"deep": {"er": [text]}}}),
    "key of a mapping": lambda text: _with(text, {"notes": {text: 1}}),
    "query of a URL": lambda text: _with(text, {"url.query": text}),
    "fragment of a URL": lambda text: _with(text, {"url.fragment": text}),
    "bytes": lambda text: _with(text, {"raw": text.encode()}),
    "subclass of str": lambda text: _with(text, {"note": type("Text", (str,), {})(text)}),
    "any object": lambda text: _with(text, {"note": type("Thing", (), {"__str__": lambda self: text})()}),
    "span name": lambda text: _named(text),
    "event name": lambda text: _event("fine", name=text),
    "event attribute": _event,
    "exception": lambda text: _in_exception(text, _raise),
    "cause of an exception": lambda text: _in_exception(text, _raise_from),
    "context of an exception": lambda text: _in_exception(text, _raise_while_handling),
    "object in an exception": lambda text: _in_exception(text, _raise_with_an_object),
    "deep exception": lambda text: _in_exception(text, _raise_deep),
    "note of an exception": _noted,
    "handled exception": _handled,
    "stack trace": _note_stack,
    "status": _status,
    "link attribute": _link,
    "later name": _renamed,
    "third-party attribute": _third_party,
    "third-party URL": lambda text: (
        _tracer().start_span("third party", attributes={"http.target": f"/p?n=1&{text}"}).end()
    ),
    "third-party event": _third_party_event,
    "third-party exception": _third_party_exception,
    "third-party link": _third_party_link,
    "third-party name": lambda text: _tracer().start_span(text).end(),
    "third-party scope": lambda text: _tracer(text).start_span("third party").end(),
}
SHAPED: dict[str, Callable[[Any], None]] = {
    "attribute": lambda value: _with("", {"note": value}),
    "URL": lambda value: _with("", {"http.response.header.location": value}),
    "third-party attribute": lambda value: _tracer().start_span("third party", attributes={"note": value}).end(),
    "event attribute": lambda value: _event(value),
    "link attribute": lambda value: _link(value),
}
_WITHOUT_A_TRACE = {"attribute key", "third-party scope"}
"""Where nothing is left to be seen of a secret: the attribute is left out, the scope is not a part of the span."""


def _named(text: str) -> None:
    with tracing.start_span(text):
        pass


def _forms(part: str) -> Iterator[bytes]:
    """Yield what a secret looks like in bytes: as text, and encoded by whoever wants it to go unnoticed."""
    content = part.encode()
    yield content
    if len(content) < 12:
        return  # so little that random ids may look like it when it is encoded
    yield content[::-1]
    yield content.hex().encode()
    yield content.hex().upper().encode()
    yield part.encode("utf-16-le")
    yield part.encode("utf-16-be")
    yield "".join(f"%{byte:02X}" for byte in content).encode()
    yield quote(part, safe="").encode()
    for skipped in range(3):
        # The letters that depend on nothing but the secret, wherever it begins in a group of three bytes.
        encoded = base64.b64encode(b"\0" * skipped + content)
        yield encoded[4 if skipped else 0 : -4]


@pytest.fixture(params=ENGINES)
def every_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run with each engine that this process has."""
    with engine.forced(request.param):
        yield


@pytest.mark.usefixtures("every_engine")
@pytest.mark.parametrize(
    ("protocol", "exporter"), [*((each, "otlp") for each in PROTOCOLS), ("http/protobuf", "opentelemetry")]
)
def test_no_secret_leaves_the_process(protocol: Protocol, exporter: str) -> None:
    """Every secret in every place: more than 2,500 cases each way."""
    cases = len(PLACES) * len(SECRETS) + len(SHAPED) * len(SHAPES)
    assert len(SECRETS) + len(SHAPES) > 100
    assert cases > 2_500
    with Collector() as collector:
        settings = configuration_for(collector, protocol, exporter=exporter, queue_size=2 * cases)
        with tracing.configure(settings) as handle:
            for place in PLACES.values():
                for secret in SECRETS:
                    place(secret.text)
            for shaped in SHAPED.values():
                for _, value in SHAPES:
                    shaped(value)
            assert handle.flush(60.0)
        spans = collector.wait_for(cases)
        payload = b"".join(collector.payloads)
    parts = {part: secret.name for secret in SECRETS for part in secret.parts}
    assert [parts[part] for part in parts for form in _forms(part) if form in payload] == []
    assert [span.name for span in spans if CANARY in str(span)] == []
    seen = (len(PLACES) - len(_WITHOUT_A_TRACE)) * len(SECRETS)
    assert sum("REDACTED" in str(span) for span in spans) >= seen


def test_harmless_texts_arrive_unchanged() -> None:
    """Each in every place where a text can be read back."""
    with Collector() as collector:
        with tracing.configure(configuration_for(collector, "http/protobuf")) as handle:
            for text in HARMLESS:
                with tracing.start_span("work", {"note": text, "notes": [text]}) as span:
                    span.add_event("happened", {"detail": text})
                    span.set_status(False, text)
            assert handle.flush(10.0)
        spans = collector.spans()
    found = [
        (span.attributes["note"], span.attributes["notes"][0], span.events[0].attributes["detail"], span.status_message)
        for span in spans
    ]
    assert found == [(text,) * 4 for text in HARMLESS]
