"""The headers that are sent in place of those of a request: trace context is put there, and nothing else is ours."""

from __future__ import annotations

from operator import is_
from typing import Any

from requests.structures import CaseInsensitiveDict

_CONTEXT_HEADERS = ("traceparent", "tracestate", "baggage")
_UP_TO_THE_SPAN = len("00-0af7651916cd43dd8448eb211c80319c-")


class SentHeaders(CaseInsensitiveDict[Any]):
    """Headers whose copies get later changes too: urllib3 sends every attempt with a copy made before the first."""

    def __init__(self, headers: Any, copies: list[SentHeaders]) -> None:
        # Several times as fast as asking for every item.
        store = getattr(headers, "_store", None)
        if store is None:
            super().__init__(headers)
        else:
            # A plain dict keeps the order too, and is several times as fast again as a copy of an OrderedDict.
            self._store = dict.copy(store)
        self._copies = copies
        copies.append(self)

    def copy(self) -> SentHeaders:
        """Return a copy that ``show`` reaches."""
        return SentHeaders(self, self._copies)


def show(copies: list[SentHeaders], carrier: dict[str, str]) -> None:
    """Put trace context into headers and their copies; a ``tracestate`` that belongs to another trace goes."""
    for headers in copies:
        store = headers._store
        if "tracestate" in store and "traceparent" in carrier:
            del store["tracestate"]
        for name, value in carrier.items():
            store[name] = (name, value)


def hand_changes_back(headers: Any, sent: dict[str, Any]) -> None:
    """Set what an adapter has set in our headers, context aside.

    Args:
        headers: those of the request that was given.
        sent: the content of ours.
    """
    store = getattr(headers, "_store", {})
    # Usually they differ by a last traceparent only, which these calls tell sooner than a loop.
    differ_by_context = len(sent) - len(store) == 1 and next(reversed(sent)) == "traceparent"
    if differ_by_context and all(map(is_, sent.values(), store.values())):
        return
    for name, item in sent.items():
        if store.get(name) is not item and name not in _CONTEXT_HEADERS:
            headers[item[0]] = item[1]


def hand_replacement_back(request: Any, headers: Any, sent: dict[str, Any]) -> None:
    """Give a request the headers that an adapter has put in the place of ours, without the context that it took over.

    Args:
        request: the one that was given.
        headers: what the adapter made, usually out of what is in ours.
        sent: the content of ours.
    """
    if isinstance(headers, SentHeaders):
        headers = CaseInsensitiveDict(headers.items())  # nothing of ours stays with the application
    given = CaseInsensitiveDict(request.headers)
    shown = {name: sent[name][1] for name in _CONTEXT_HEADERS if name in sent and sent[name][1] != given.get(name)}
    request.headers = _as_without_context(headers, shown, given)


def _as_without_context(headers: Any, shown: dict[str, str], given: CaseInsensitiveDict[Any]) -> Any:
    """Return headers where what was given stands in the place of what was shown."""
    if not hasattr(headers, "items"):
        return headers
    taken_over = [name for name, value in headers.items() if _is_shown(name, value, shown)]
    if taken_over and not hasattr(headers, "__delitem__"):
        headers = dict(headers.items())
    for name in taken_over:
        if name in given:
            headers[name] = given[name]
        else:
            del headers[name]
    return headers


def _is_shown(name: Any, value: Any, shown: dict[str, str]) -> bool:
    if not isinstance(name, str) or not isinstance(value, str):
        return False
    name = name.lower()
    ours = shown.get(name)
    if ours is not None and name == "traceparent":
        # An adapter makes its headers during the first attempt, and each has a span of its own.
        return value[:_UP_TO_THE_SPAN] == ours[:_UP_TO_THE_SPAN]
    return value == ours
