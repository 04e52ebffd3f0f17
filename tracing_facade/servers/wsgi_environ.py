"""What is read of, kept in and removed from a WSGI environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tracing_facade import _facade, http_attributes
from tracing_facade.trust import Caller

Environ = dict[str, Any]

USER = "tracing_facade.user"
GROUPS = "tracing_facade.groups"
STARTED = "tracing_facade.started_ns"
ROUTE = "tracing_facade.route"
EARLIER = "tracing_facade.earlier_spans"
TRACED = "tracing_facade.traced"
TRACEPARENT = "HTTP_TRACEPARENT"
TRACESTATE = "HTTP_TRACESTATE"
BAGGAGE = "HTTP_BAGGAGE"

_HEADERS = {"traceparent": TRACEPARENT, "tracestate": TRACESTATE, "baggage": BAGGAGE}


def caller_of(environ: Environ) -> Caller:
    """Return who sent the request."""
    groups = environ.get(GROUPS) or ()
    try:
        groups = (groups,) if isinstance(groups, str) else tuple(groups)
    except Exception:
        _facade.internal_fault("wsgi.groups")
        groups = ()
    return Caller(
        user=environ.get(USER) or environ.get("REMOTE_USER") or None,
        groups=groups,
        address=environ.get("REMOTE_ADDR"),
    )


def sends_context(environ: Environ) -> bool:
    """Tell whether the caller sent anything about a trace."""
    return TRACEPARENT in environ or BAGGAGE in environ


def sends_anything(environ: Environ) -> bool:
    """Tell whether the caller sent any header of trace context, of use or not."""
    return TRACEPARENT in environ or BAGGAGE in environ or TRACESTATE in environ


def header(environ: Environ, name: str) -> list[str]:
    """Return the values of a header of trace context."""
    value = environ.get(_HEADERS[name])
    return [] if value is None else [http_attributes.text(value)]


def forget_stranger(environ: Environ) -> None:
    """Remove what a caller sent who may not continue his trace here."""
    for key in _HEADERS.values():
        environ.pop(key, None)


def record_earlier(environ: Environ, span: Any, record: Callable[..., object]) -> None:
    """Record what was done before the span of a request could exist, as its children."""
    try:
        for earlier in environ.pop(EARLIER, ()):
            record(span, *earlier)
    except Exception:
        _facade.internal_fault("wsgi.earlier_span")


def route_of(route: Callable[[Environ], str | None], environ: Environ) -> str | None:
    """Return the route template of a request; None when it has none or ``route`` fails."""
    try:
        found: Any = route(environ)
    except Exception:
        _facade.internal_fault("wsgi.route")
        return None
    return found if isinstance(found, str) and found else None
