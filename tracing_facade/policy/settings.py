"""What the policy can be told, with the defaults; the meaning of each field stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from tracing_facade.lean_dataclass import dataclass
from tracing_facade.setting import setting

Level = Literal["allow", "warn", "drop", "error"]
"""``allow``; ``warn``: count and log once; ``drop``: leave out and count; ``error``: so, logged, and failing tests."""

Action = Literal["keep", "mask", "hash", "drop"]
"""``keep``; ``mask``: REDACTED; ``hash``: a keyed hash, so that equal values can be told; ``drop``: leave out."""

LEVELS = ("allow", "warn", "drop", "error")
ACTIONS = ("keep", "mask", "hash", "drop")
SENSITIVITIES = ("public", "personal", "secret")

UNBOUNDED = (
    "url.path",
    "url.query",
    "url.full",
    "user_agent.original",
    "client.address",
    "network.peer.address",
    "exception.message",
    "exception.stacktrace",
    "db.query.text",
)


@dataclass(frozen=True, kw_only=True)
class SamplingRule:
    """Which traces this rule is for (all conditions that are given must hold), and how many of them are recorded."""

    spans: tuple[str, ...] = setting((), "names of first spans; * stands for any text")
    routes: tuple[str, ...] = setting((), "paths of requests; * stands for any text")
    groups: tuple[str, ...] = setting((), "groups of the authenticated user")
    rate_per_million: int | None = setting(None, "how many of a million such traces are recorded")
    per_second: float | None = setting(None, "how many such traces are recorded in a second at most", "traces")


@dataclass(frozen=True, kw_only=True)
class LevelRule:
    """Which part of a program has other levels than the rest, as long as it is not as far as that."""

    modules: tuple[str, ...] = setting((), "dotted names; of the code that starts a span, or declares it")
    undeclared_spans: Level | None = setting(None, "for spans started in these modules; empty for as before")
    undeclared_attributes: Level | None = setting(None, "for spans declared in these modules; empty for as before")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What may be recorded and leave the process; every field has a default."""

    declarations: tuple[str, ...] = setting((), "modules whose SpanSpecs are all that may be emitted")
    release: str = setting("", "version of the service, which decides what deprecation windows are open")
    show_hidden_for: str = setting("", "the minor release before, to emit once more what only that one still did")
    disabled_spans: tuple[str, ...] = setting((), "declared spans that are not recorded")
    undeclared_spans: Level = setting("allow", "spans that no declaration names")
    undeclared_attributes: Level = setting("allow", "attributes and events that the span's declaration does not name")
    levels: tuple[LevelRule, ...] = setting((), "other levels for parts of the program; the last that matches counts")
    detect_secrets: bool = setting(True, "texts are searched for tokens, keys, passwords and card numbers")
    detect_emails: bool = setting(False, "texts are searched for e-mail addresses too")
    personal: Action = setting("hash", "attributes declared with sensitivity personal")
    secret: Action = setting("drop", "attributes declared with sensitivity secret")
    hash_key: str = setting("", "key of keyed hashes; without one it is random in each process", repr=False)
    hash_key_file: str = setting("", "file that holds the key of keyed hashes")
    max_key_length: int = setting(256, "longer attribute keys are dropped", "characters")
    max_value_length: int = setting(4_096, "longer texts are cut", "characters")
    max_stacktrace_length: int = setting(16_384, "longer stack traces are cut", "characters")
    max_items: int = setting(128, "items in a list or mapping at most", "items")
    max_span_bytes: int = setting(262_144, "of a larger span only name, times and status are sent", "bytes")
    max_spans_per_trace: int = setting(10_000, "further spans of one trace are dropped, in this process", "spans")
    max_distinct_values: int = setting(2_000, "distinct texts per attribute; others become (other)", "values")
    max_distinct_names: int = setting(1_000, "distinct span names; others become (other)", "names")
    unbounded: tuple[str, ...] = setting(UNBOUNDED, "attributes whose values may all be distinct")
    spans_per_second: Mapping[str, float] = setting({}, "by span name: further spans are dropped", "spans")
    sampling: tuple[SamplingRule, ...] = setting((), "first match decides; else samplingRatePerMillion does")
    forced_per_second: float = setting(10.0, "traces that one trusted caller may force", "traces")
