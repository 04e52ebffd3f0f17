"""A trace on demand: the header that asks for it, and what the server's answers say became of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from tracing_facade.propagation import TraceParent, format_traceparent, parse_traceparent

_SAMPLED, _RANDOM = 0x01, 0x02


class OnDemandTrace:
    """One new trace for all requests of a command; ``headers`` ask for it (W3C Trace Context level 2)."""

    def __init__(self) -> None:
        self.trace_id = _random_id(16)
        self._parent_id = _random_id(8)
        self._answers: list[TraceParent | None] = []

    @property
    def headers(self) -> dict[str, str]:
        """The request headers: a random trace id, a parent id that is not zero, and the flags sampled and random."""
        return {"traceparent": format_traceparent(self.trace_id, self._parent_id, _SAMPLED | _RANDOM)}

    def note(self, headers: Mapping[str, str]) -> None:
        """Take the headers of an answer; ``traceresponse`` is of the same form as ``traceparent``."""
        self._answers.append(parse_traceparent(headers.get("traceresponse", "")))

    @property
    def was_answered(self) -> bool:
        """Whether the server answered anything at all."""
        return bool(self._answers)

    @property
    def span_ids(self) -> list[str]:
        """The server's spans that are recorded in this trace."""
        return [answer.span_id for answer in self._answers if answer is not None and self._problem(answer) is None]

    def verdict(self) -> str:
        """Return what became of the trace, in one sentence."""
        problems = list(filter(None, map(self._problem, self._answers)))
        return problems[0] if problems else "The server has joined it and records it."

    def _problem(self, answer: TraceParent | None) -> str | None:
        if answer is None:
            return (
                "The server did not join it: it does not trust you to continue a trace, or does not trace. Its tracing "
                "configuration says whom it trusts; of Kubernetes' own kind, that is system:masters and "
                "system:monitoring."
            )
        if answer.trace_id != self.trace_id:
            return f"The server did not join it: its own trace of this request is {answer.trace_id}."
        if answer.span_id == self._parent_id:
            return "The server passes it on and records nothing itself: tracing is off there."
        if not answer.flags & _SAMPLED:
            return "The server has joined it but does not record it: it does not let you force that."
        return None


def _random_id(size: int) -> str:
    while True:
        found = secrets.token_hex(size)
        if found.strip("0"):  # all zeros is invalid
            return found
