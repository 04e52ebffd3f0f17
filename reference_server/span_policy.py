"""Which spans the server emits: those it declares, by the stability rules for its release."""

from __future__ import annotations

import dataclasses

import tracing_facade as tracing
from reference_server import spans
from tracing_facade.policy import Policy

RELEASE = "0.1"
"""The minor release of this server, which decides what deprecation windows are open."""


def server_policy(given: Policy, show_hidden_for: str = "", disabled: tuple[str, ...] = ()) -> Policy:
    """Return the policy of the server: what an operator has configured, and the server's own declarations.

    Args:
        given: from the tracing configuration.
        show_hidden_for: from ``--show-hidden-spans-for-version``.
        disabled: from ``--disable-spans``.
    """
    default = Policy()
    level = "error" if given.undeclared_attributes == default.undeclared_attributes else given.undeclared_attributes
    return dataclasses.replace(
        given,
        declarations=tuple(dict.fromkeys((spans.__name__, *given.declarations))),
        release=given.release or RELEASE,
        show_hidden_for=show_hidden_for or given.show_hidden_for,
        disabled_spans=tuple(dict.fromkeys((*given.disabled_spans, *disabled))),
        undeclared_attributes=level,
        unbounded=tuple(dict.fromkeys((*given.unbounded, spans.AUDIT_ID.key))),
    )


def parse_disabled(text: str) -> tuple[str, ...]:
    """Return the span names of ``--disable-spans``, which are separated by commas."""
    return tuple(name for name in (part.strip() for part in text.split(",")) if name)


def declared_names() -> list[str]:
    """Return the names of all spans that the server declares."""
    return sorted(value.name for value in vars(spans).values() if isinstance(value, tracing.SpanSpec))
