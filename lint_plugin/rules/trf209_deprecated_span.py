"""A span is started that is deprecated.

Why:
    It is still emitted during its deprecation window, and hidden afterwards without another notice. Those who start it
    by a former name see it renamed.

Wrong:
    LOGIN = SpanSpec("login", stability=Stability.STABLE, deprecated_version="2.1")

    with tracing.start_span(LOGIN):
        ...

Right:
    with tracing.start_span(AUTHENTICATION):
        ...
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.values import Constant
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import span_calls


def _check(module: Module) -> Iterator[Hit]:
    for one in module.once(span_calls):
        if not one.starts or one.spec is None or not one.spec.deprecated_version:
            continue
        since = one.spec.deprecated_version
        given = one.call.argument(0, "span")
        if isinstance(given, Constant) and given.data in one.spec.aliases:
            yield Hit(
                one.node, f"{given.data!r} is deprecated since {since}: start {one.spec.name!r}, as it is called now"
            )
        elif not one.spec.aliases:
            yield Hit(one.node, f"the span {one.spec.name!r} is deprecated since {since}: start what replaces it")


RULE = Rule(
    code="TRF209",
    name="deprecated-span",
    check=_check,
    accepts=(
        (
            "from tracing_facade import SpanSpec, Stability, start_span\n"
            "X = SpanSpec('x', stability=Stability.STABLE, deprecated_version='1.2', aliases=('y',))\n"
            "with start_span(X): ...\n"
        ),
    ),
    rejects=(
        (
            "from tracing_facade import SpanSpec, Stability, start_span\n"
            "X = SpanSpec('x', stability=Stability.STABLE, deprecated_version='1.2')\n"
            "with start_span(X): ...\n"
        ),
        (
            "# setting: declarations = ['spans.py']\n# file: spans.py\n"
            "from tracing_facade import SpanSpec, Stability\n"
            "X = SpanSpec('x', stability=Stability.STABLE, deprecated_version='1.2', aliases=('y',))\n"
            "# file: app.py\nfrom tracing_facade import start_span\nwith start_span('y'): ...\n"
        ),
    ),
)
