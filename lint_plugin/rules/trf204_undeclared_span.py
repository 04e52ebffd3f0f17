"""A span is started that no declaration knows.

Why:
    With `declarations` in the settings, the spans of a program are those that these files declare. A name that is not
    among them is a misspelling, or a span that nobody has agreed to.

Wrong:
    with tracing.start_span("chekout"):  # spans.py declares "checkout"
        ...

Right:
    with tracing.start_span(CHECKOUT):
        ...
"""

from __future__ import annotations

from collections.abc import Iterator

from lint_plugin.dataflow.concrete import concrete_text
from lint_plugin.dataflow.values import UNKNOWN, options
from lint_plugin.declared_spans import declared_names
from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import span_calls


def _check(module: Module) -> Iterator[Hit]:
    if not module.settings.declarations:
        return
    names = declared_names(module.settings)
    for one in module.once(span_calls):
        given = one.call.argument(0, "span") if one.starts else None
        texts = [text for text in map(concrete_text, options(given or UNKNOWN)) if text is not None]
        for text in texts:
            if text not in names:
                from difflib import get_close_matches

                close = get_close_matches(text, names, n=1)
                hint = f"did you mean {close[0]!r}?" if close else "declare it, or start a declared one"
                yield Hit(one.node, f"no declaration has the span {text!r}; {hint}")


RULE = Rule(
    code="TRF204",
    name="undeclared-span",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x'): ...\n",
        (
            "# setting: declarations = ['spans.py']\n# file: spans.py\n"
            "from tracing_facade import SpanSpec\nCHECKOUT = SpanSpec('checkout')\n# file: app.py\n"
            "from tracing_facade import start_span\nfrom spans import CHECKOUT\n"
            "with start_span(CHECKOUT): ...\nwith start_span('checkout'): ...\n"
        ),
    ),
    rejects=(
        (
            "# setting: declarations = ['spans.py']\n# file: spans.py\n"
            "from tracing_facade import SpanSpec\nCHECKOUT = SpanSpec('checkout')\n# file: app.py\n"
            "from tracing_facade import start_span\nwith start_span('chekout'): ...\n"
        ),
        (
            "# setting: declarations = ['spans.py']\n# file: spans.py\n"
            "from tracing_facade import SpanSpec\nCHECKOUT = SpanSpec('checkout')\n# file: app.py\n"
            "from tracing_facade import traced\n@traced('other')\ndef f(): ...\n"
        ),
    ),
)
