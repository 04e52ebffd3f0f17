"""Generated declarations."""

from __future__ import annotations

from hypothesis import strategies as st

from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(\.[a-z0-9]{1,5}){0,2}", fullmatch=True).filter(
    lambda name: name.partition(".")[0] != "otel"
)
LEVELS = st.sampled_from(Stability)
RELEASES = st.sampled_from(["", "1.4"])
BRIEFS = st.text(max_size=150).map(str.strip)
TEXTS = st.lists(st.text(min_size=1, max_size=8), max_size=3, unique=True).map(tuple)
REQUIREMENTS = st.sampled_from(["recommended", "required", "opt_in", "conditionally_required"])
SENSITIVITIES = st.sampled_from(["public", "personal", "secret"])

ATTRIBUTES = st.one_of(
    st.builds(AttributeSpec, NAMES, st.sampled_from([str, int, list[bool], float]), stability=LEVELS, brief=BRIEFS),
    st.builds(AttributeSpec, NAMES, values=TEXTS, stability=LEVELS, sensitivity=SENSITIVITIES),
    st.builds(AttributeSpec, NAMES, st.just(int), values=st.just((1, -2)), stability=LEVELS, requirement=REQUIREMENTS),
    st.builds(AttributeSpec, NAMES, st.just(float), values=st.just((1, 0.5)), stability=LEVELS),
    st.builds(AttributeSpec, NAMES, pattern=st.sampled_from(["[a-z]+", r"\d: '\n"]), stability=LEVELS),
    st.builds(
        AttributeSpec, NAMES, deprecated_version=st.just("1.4"), aliases=st.just(("Old name", "é")), brief=BRIEFS
    ),
    st.builds(AttributeSpec, NAMES, deprecated_version=RELEASES, stability=LEVELS),
)
EVENTS = st.builds(
    EventSpec,
    NAMES,
    attributes=st.lists(ATTRIBUTES, max_size=1),
    brief=BRIEFS,
    stability=LEVELS,
    deprecated_version=RELEASES,
)
SPANS = st.builds(
    SpanSpec,
    NAMES,
    kind=st.sampled_from(SpanKind),
    attributes=st.lists(ATTRIBUTES, max_size=4, unique_by=lambda spec: spec.key).filter(
        lambda attributes: sum(bool(attribute.aliases) for attribute in attributes) < 2
    ),
    events=st.lists(EVENTS, max_size=2, unique_by=lambda spec: spec.name),
    brief=BRIEFS,
    stability=LEVELS,
    deprecated_version=RELEASES,
    slow_after=st.sampled_from([None, 1, 0.25]),
)
DECLARATIONS = st.lists(SPANS, max_size=4, unique_by=lambda spec: spec.name)
