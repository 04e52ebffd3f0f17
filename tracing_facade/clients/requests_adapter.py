"""Traces what a ``requests`` session sends::

    session = trace_session(requests.Session())

Every attempt is one client span: each hop of a redirect, and each retry of urllib3 (``http.request.resend_count``).
A span ends when the response's headers have arrived; body and streaming are untouched. Context leaves only for hosts
that ``propagate_to`` allows, and the request's own headers are as they were afterwards.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util.retry import Retry

from tracing_facade import _facade, http_attributes
from tracing_facade._engine import exceptions
from tracing_facade.policy.url_redaction import redacted_url

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session
    from typing_extensions import Self

_CONTEXT_HEADERS = ("traceparent", "tracestate", "baggage")
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


class TracedAdapter(BaseAdapter):
    """Sends through another adapter, inside a client span."""

    def __init__(self, inner: BaseAdapter) -> None:
        super().__init__()
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        if name == "inner":  # not set yet, as while unpickling
            raise AttributeError(name)
        return getattr(self.inner, name)

    def close(self) -> None:
        """Close the adapter that sends."""
        self.inner.close()

    def send(self, request: PreparedRequest, *arguments: Any, **options: Any) -> Response:
        """Send one request, and urllib3's retries of it, each attempt inside a span of its own."""
        attempts = _Attempts(request)
        inner = _with_retries_visible(self.inner, attempts)
        attempts.begin()
        try:
            response = inner.send(request, *arguments, **options)
        except BaseException as error:
            attempts.end(None, error)
            raise
        finally:
            attempts.restore_headers()
        attempts.end(response.status_code, None)
        return response


class _Attempts:
    """The attempts to send one request; at any time at most one is under way."""

    def __init__(self, request: PreparedRequest) -> None:
        self._request = request
        self._before = {name: request.headers.get(name) for name in _CONTEXT_HEADERS}
        self._count = 0
        self._span: Any = None

    def begin(self) -> None:
        """Start the span of the next attempt and show its context to the host, if policy allows."""
        try:
            runtime = _facade.runtime()
            method = (self._request.method or "GET").upper()
            self._span = runtime.start(http_attributes.client_span(method)).__enter__()
            host, port = self._target()
            if self._span.is_recording():
                self._span.set_attributes(self._attributes(method, host, port))
            if runtime.may_propagate_to(host, port):
                runtime.inject(self._request.headers.__setitem__)
        except Exception:
            _facade.internal_fault("requests")

    def end(self, status: int | None, error: BaseException | None) -> None:
        """End the span of the attempt under way. Never raises."""
        span, self._span = self._span, None
        if span is None:
            return
        try:
            if status is not None:
                span.set_attribute("http.response.status_code", status)
                if status >= 400:
                    span.set_attribute("error.type", str(status))
                    span.set_status(False)
            elif error is not None:
                span.set_attribute("error.type", exceptions.qualified_name(type(error)))
            if isinstance(error, Exception):
                span.record_exception(error, escaped=True)
                span.set_status(False, exceptions.describe(error))
            span.__exit__(None, None, None)
        except Exception:
            _facade.internal_fault("requests")

    def begin_again(self) -> None:
        """Start the span of a retry."""
        self._count += 1
        self.begin()

    def restore_headers(self) -> None:
        """Give the request back as it came, so that a redirect to another host carries nothing of ours."""
        headers = self._request.headers
        for name, value in self._before.items():
            if value is not None:
                headers[name] = value
            elif name in headers:
                del headers[name]

    def _target(self) -> tuple[str, int | None]:
        url = urlsplit(self._request.url or "")
        return url.hostname or "", url.port or _DEFAULT_PORTS.get(url.scheme)

    def _attributes(self, method: str, host: str, port: int | None) -> dict[str, Any]:
        known = method in http_attributes.KNOWN_METHODS
        attributes: dict[str, Any] = {
            "http.request.method": method if known else http_attributes.OTHER_METHOD,
            "url.full": redacted_url(self._request.url or "", _facade.runtime().configuration.query_allow),
            "server.address": host,
        }
        if port is not None:
            attributes["server.port"] = port
        if not known:
            attributes["http.request.method_original"] = method
        if self._count:
            attributes["http.request.resend_count"] = self._count
        return attributes


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
        left = super().increment(*arguments, **options)
        response, error = options.get("response"), options.get("error")
        self.attempts.end(getattr(response, "status", None), error)
        return left

    def sleep(self, response: Any = None) -> None:
        """Wait as long as the base class would; the next attempt begins then."""
        super().sleep(response)
        self.attempts.begin_again()


@lru_cache(maxsize=64)
def _telling(kind: type[Retry]) -> type[Retry]:
    return type(f"Telling{kind.__name__}", (_TellingRetry, kind), {})


def _with_retries_visible(adapter: BaseAdapter, attempts: _Attempts) -> BaseAdapter:
    """Return an adapter that shares everything with ``adapter`` and tells ``attempts`` about its retries."""
    retries = getattr(adapter, "max_retries", None)
    if not isinstance(adapter, HTTPAdapter) or not isinstance(retries, Retry) or retries.total in (0, False):
        return adapter
    try:
        telling: Any = copy.copy(retries)
        telling.__class__ = _telling(type(retries))
        telling.attempts = attempts
        # copy.copy() of an adapter would give it another connection pool.
        twin = object.__new__(type(adapter))
        twin.__dict__.update(adapter.__dict__, max_retries=telling)
    except Exception:
        _facade.internal_fault("requests.retries")
        return adapter
    return twin
