"""Traces what a ``requests`` session sends::

    session = trace_session(requests.Session())

Every attempt is one client span: each hop of a redirect, each answer to an authentication challenge, and each retry of
urllib3 (``http.request.resend_count``). A span ends when the response's headers have arrived; body and streaming are
untouched. Context leaves only for hosts that ``propagate_to`` allows, and never shows in the request's own headers.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util.retry import Retry

from tracing_facade import _facade, http_attributes
from tracing_facade._engine import engine, exceptions
from tracing_facade._engine.http_span import HttpSpan
from tracing_facade.clients.request_twin import class_of_twins, twin_of
from tracing_facade.clients.sent_headers import SentHeaders, hand_changes_back, hand_replacement_back, show
from tracing_facade.policy.url_redaction import redacted_url

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session
    from typing_extensions import Self


_DEFAULT_PORTS = {"http": 80, "https": 443}


def trace_session(session: Session) -> Session:
    """Trace everything that ``session`` sends from now on.

    Adapters that are mounted later are not traced until this is called again; calling it twice is harmless.

    Args:
        session: a ``requests.Session`` or a subclass.

    Returns:
        The same session.
    """
    for prefix, adapter in list(session.adapters.items()):
        if not isinstance(adapter, TracedAdapter):
            session.mount(prefix, TracedAdapter(adapter))
    return session


if TYPE_CHECKING:

    class _Sending:
        """What the native engine does of the adapter's work."""

else:
    _Sending = engine.native_part("Sending")


class TracedAdapter(_Sending, BaseAdapter):
    """Sends through another adapter, inside a client span; has the other's attributes besides."""

    inner: BaseAdapter

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self.__dict__["inner"] = inner

    def __getattr__(self, name: str) -> Any:
        # "inner" is not set yet while unpickling, and how to pickle is for each adapter to say.
        if name == "inner" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.inner, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.inner, name, value)

    def close(self) -> None:
        """Close the adapter that sends."""
        self.inner.close()

    def _send_in_python(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        """Send one request, and urllib3's retries of it, each attempt inside a span of its own."""
        attempts = _Attempts(request)
        inner = _with_retries_visible(self.inner, attempts)
        attempts.begin()
        try:
            response = inner.send(attempts.sent, *arguments, **options)
        except BaseException as error:
            attempts.end(None, error)
            attempts.hand_back(error)
            raise
        attempts.end(getattr(response, "status_code", None), None)
        attempts.hand_back(response)
        if getattr(response, "connection", None) is inner:
            # requests' digest authentication answers through the response's adapter, and is to be traced too.
            response.connection = self  # type: ignore[assignment]  # what is asked of it are an adapter's methods
        return response

    if TYPE_CHECKING or _Sending is engine.NotNative:
        send = _send_in_python


class _Attempts:
    """The attempts to send one request; at any time at most one is under way.

    What is sent is a twin with headers of its own, since several threads may send the same request.
    """

    __slots__ = ("_count", "_headers", "_request", "_span", "sent")

    def __init__(self, request: PreparedRequest) -> None:
        self.sent = request
        self._request = request
        self._headers: list[SentHeaders] = []
        self._count = 0
        self._span: Any = None
        try:
            sent = twin_of(request)
            sent.headers = SentHeaders(request.headers, self._headers)
            self.sent = sent
        except Exception:
            _facade.internal_fault("requests")

    def begin(self) -> None:
        """Start the span of the next attempt and show its context to the host, if policy allows."""
        try:
            runtime = _facade._runtime
            method, url = self.sent.method, self.sent.url
            if method not in http_attributes.KNOWN_METHODS:
                method = (method or "GET").upper()
            spec = http_attributes.client_span(method)
            if runtime.recorder is None:
                span = runtime.start(spec)
            else:
                given = (method, url or "", self._count, runtime.query_allow)
                span = runtime.recorder.start_request(spec, _attributes_of, given)
            self._span = span.__enter__()
            if not runtime.may_propagate_to(*_target_of(url)):
                return
            headers = self._headers
            header = span.traceparent_if_alone() if type(span) is HttpSpan and len(headers) == 1 else ""
            if header:
                headers[0]._store["traceparent"] = ("traceparent", header)
                headers[0]._store.pop("tracestate", None)
            else:
                carrier: dict[str, str] = {}
                runtime.inject(carrier.__setitem__)
                show(headers, carrier)
        except Exception:
            _facade.internal_fault("requests")

    def begin_again(self) -> None:
        """Start the span of a retry."""
        self._count += 1
        self.begin()

    def end(self, status: Any, error: BaseException | None) -> None:
        """End the span of the attempt under way. Never raises."""
        span, self._span = self._span, None
        if span is None:
            return
        try:
            if type(span) is HttpSpan and error is None and type(status) is int and 0 < status < 400:
                span.answer(None, status)
            else:
                _describe(span, status, error)
        except Exception:
            _facade.internal_fault("requests")
        span.__exit__(None, None, None)

    def hand_back(self, outcome: Any) -> None:
        """Make a response or an error tell of the request that was given, with the headers that the adapter set."""
        if self.sent is self._request:
            return
        try:
            ours, left = self._headers[0], self.sent.headers
            if left is ours:
                hand_changes_back(self._request.headers, ours._store)
            else:
                hand_replacement_back(self._request, left, ours._store)
            # What refers to itself would stay until the next garbage collection.
            self._headers.clear()
            if getattr(outcome, "request", None) is self.sent:
                outcome.request = self._request
        except Exception:
            _facade.internal_fault("requests")


def _target_of(url: str | None) -> tuple[str, int | None]:
    """Return host and port of a URL."""
    if not isinstance(url, str):
        return "", None
    start = url.find("://")
    path = url.find("/", start + 3) if start > 0 else -1
    return _target_of_origin(url if path < 0 else url[:path])


# A program talks to few servers, at many addresses.
@lru_cache(maxsize=256)
def _target_of_origin(url: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", None


def _attributes_of(given: tuple[str, str, int, Collection[str]]) -> dict[str, Any]:
    """Return the attributes of an attempt, by method, URL, how many came before it, and what its query may show."""
    method, url, count, query_allow = given
    known = method in http_attributes.KNOWN_METHODS
    host, port = _target_of(url)
    attributes: dict[str, Any] = {
        "http.request.method": method if known else http_attributes.OTHER_METHOD,
        "url.full": redacted_url(url, query_allow),
        "server.address": host,
    }
    if port is not None:
        attributes["server.port"] = port
    if not known:
        attributes["http.request.method_original"] = method
    if count:
        attributes["http.request.resend_count"] = count
    return attributes


def _attributes(method: str, url: str | None, host: str, port: int | None, count: int) -> dict[str, Any]:
    """Return the attributes of an attempt that the native engine leaves to Python."""
    return _attributes_of((method, url or "", count, _facade.runtime().query_allow))


def _describe(span: Any, status: Any, error: BaseException | None) -> None:
    if isinstance(status, int):
        span.set_attribute("http.response.status_code", status)
        if status >= 400:
            span.set_attribute("error.type", str(status))
            span.set_status(False)
    elif error is not None:
        span.set_attribute("error.type", exceptions.qualified_name(type(error)))
    if isinstance(error, Exception):
        span.record_exception(error, escaped=True)
        span.set_status(False, exceptions.describe(error))


class _TellingRetry(Retry):
    """Retries that tell about every attempt; decides exactly as the class that it is mixed into."""

    attempts: _Attempts

    def new(self, **changes: Any) -> Self:
        """Return the retries that are left, telling the same listener."""
        left = super().new(**changes)
        left.attempts = self.attempts
        return left

    def increment(self, *arguments: Any, **options: Any) -> Self:
        """Count one attempt as used up; raises when none is left, as the base class does."""
        response, error = options.get("response"), options.get("error")
        try:
            left = super().increment(*arguments, **options)
        except Exception:
            # Without a response the caller gets an exception that says more than urllib3's.
            if response is not None:
                self.attempts.end(response.status, None)
            raise
        self.attempts.end(getattr(response, "status", None), error)
        return left

    def sleep(self, response: Any = None) -> None:
        """Wait as long as the base class would; the next attempt begins then."""
        super().sleep(response)
        self.attempts.begin_again()


def _make_telling_retry(kind: Any) -> Any:
    return type(f"Telling{kind.__name__}", (_TellingRetry, kind), {})


def _make_twin(kind: Any) -> Any:
    """Return a class of adapters that retry in their own way and are like those of ``kind`` in everything else."""
    own = property(lambda self: self.own_retries, lambda self, value: self.__dict__.update(max_retries=value))
    return type(f"Telling{kind.__name__}", (kind,), {"__slots__": ("own_retries",), "max_retries": own})


_telling_retry: Callable[[Any], Any] = lru_cache(maxsize=64)(_make_telling_retry)
_twin: Callable[[Any], Any] = lru_cache(maxsize=64)(_make_twin)


def _with_retries_visible(adapter: BaseAdapter, attempts: _Attempts) -> BaseAdapter:
    """Return an adapter that shares everything with ``adapter`` and tells ``attempts`` about its retries."""
    retries: Any = getattr(adapter, "max_retries", None)
    if not isinstance(adapter, HTTPAdapter) or not isinstance(retries, Retry) or retries.total in (0, False):
        return adapter
    try:
        return _telling_adapter(adapter, retries, attempts)
    except Exception:
        _facade.internal_fault("requests.retries")
        return adapter


def _telling_adapter(adapter: Any, retries: Any, attempts: _Attempts) -> HTTPAdapter:
    telling = copy.copy(retries)
    telling.__class__ = _telling_retry(type(retries))
    telling.attempts = attempts
    # copy.copy() of an adapter would give it another connection pool.
    twin: HTTPAdapter = object.__new__(_twin(type(adapter)))
    twin.__dict__ = adapter.__dict__
    twin.own_retries = telling  # type: ignore[attr-defined]  # the slot of _twin
    return twin


_native = engine.loaded()
if _native is not None:
    _native.connect_requests(
        http_attributes.client_span,
        http_attributes.KNOWN_METHODS,
        SentHeaders,
        _target_of,
        _attributes,
        show,
        class_of_twins,
        twin_of,
        hand_replacement_back,
        _describe,
        HTTPAdapter,
        _with_retries_visible,
    )
