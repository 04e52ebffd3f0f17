"""The corpus of secrets, in every place of a span, through real export: nothing of them is in the received bytes."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

import tracing_facade as tracing
from tests.support.collector import Collector
from tests.support.exporting import PROTOCOLS, Protocol, configuration_for
from tests.tracing_facade.policy.secrets_corpus import HARMLESS, SECRETS
from tracing_facade._engine.interface import Link


def _raise(text: str) -> None:
    raise ValueError(text)


def _raise_from(text: str) -> None:
    try:
        raise KeyError(text)
    except KeyError as error:
        raise RuntimeError("wrapped") from error


def _in_exception(text: str, action: Callable[[str], None]) -> None:
    with pytest.raises((ValueError, RuntimeError)), tracing.start_span("fails"):
        action(text)


def _handled(text: str) -> None:
    with tracing.start_span("handles") as span:
        try:
            _raise(text)
        except ValueError as error:
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


PLACES: dict[str, Callable[[str], None]] = {
    "attribute": lambda text: _with(text, {"note": text}),
    "attribute set later": _set_later,
    "attribute key": lambda text: _with(text, {text: 1}),
    "item of a list": lambda text: _with(text, {"notes": ["fine", text]}),
    "value of a mapping": lambda text: _with(text, {"notes": {"deep": {"er": [text]}}}),
    "key of a mapping": lambda text: _with(text, {"notes": {text: 1}}),
    "bytes": lambda text: _with(text, {"raw": text.encode()}),
    "subclass of str": lambda text: _with(text, {"note": type("Text", (str,), {})(text)}),
    "any object": lambda text: _with(text, {"note": type("Thing", (), {"__str__": lambda self: text})()}),
    "span name": lambda text: _named(text),
    "event name": lambda text: _event("fine", name=text),
    "event attribute": _event,
    "exception": lambda text: _in_exception(text, _raise),
    "cause of an exception": lambda text: _in_exception(text, _raise_from),
    "handled exception": _handled,
    "stack trace": _note_stack,
    "status": _status,
    "link attribute": _link,
}


def _named(text: str) -> None:
    with tracing.start_span(text):
        pass


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_no_secret_leaves_the_process(protocol: Protocol) -> None:
    """Every secret in every place: more than 700 cases."""
    assert len(PLACES) * len(SECRETS) > 700
    with Collector() as collector:
        with tracing.configure(configuration_for(collector, protocol)) as handle:
            for place in PLACES.values():
                for secret in SECRETS:
                    place(secret.text)
            assert handle.flush(30.0)
        spans = collector.wait_for(len(PLACES) * len(SECRETS))
        payload = b"".join(collector.payloads)
    leaked = [secret.name for secret in SECRETS for part in secret.parts if part.encode() in payload]
    assert leaked == []
    # An attribute with a secret for a key is left out as a whole.
    assert sum("REDACTED" in str(span) for span in spans) == (len(PLACES) - 1) * len(SECRETS)


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
