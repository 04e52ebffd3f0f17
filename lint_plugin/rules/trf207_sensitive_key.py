"""An attribute that holds a secret by its name is not declared as one.

Why:
    Redaction knows what a value is from its declaration. A password under a public key leaves the process as it is,
    unless a pattern happens to recognise it.

Wrong:
    span.set_attribute("user.password", password)

Right:
    AttributeSpec("user.password", sensitivity="secret")
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_plugin.rule import Hit, Module, Rule
from lint_plugin.span_calls import attributes_of, span_calls
from lint_plugin.span_parts import attribute_of

# Compiled when it is first needed.
_SECRET = (
    r"(?i)(?:^|[._-])(?:pass(?:word|wd|phrase)?|pwd|secrets?|api[._-]?key|private[._-]?key|access[._-]?token|refresh[._-]?token"
    r"|auth[._-]?token|bearer|credentials?|authorization|cookies?|set[._-]cookie|ssn|social[._-]security|cvv|cvc"
    r"|card[._-]?number|iban|session[._-]?(?:id|token|key))(?:$|[._-])"
)


def _check(module: Module) -> Iterator[Hit]:
    for one in module.once(span_calls):
        for attribute in attributes_of(one):
            declared = attribute_of(one.spec, attribute) if one.spec is not None else None
            if re.search(_SECRET, attribute.key) and (declared is None or declared.sensitivity == "public"):
                yield Hit(
                    attribute.node,
                    f"{attribute.key} holds a secret by its name: leave it out, or declare its sensitivity",
                )


RULE = Rule(
    code="TRF207",
    name="sensitive-key",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x', {'tokens.count': 3, 'passenger': 1}): ...\n",
        (
            "from tracing_facade import AttributeSpec, SpanSpec, start_span\n"
            "X = SpanSpec('x', attributes=(AttributeSpec('password', sensitivity='secret'),))\n"
            "with start_span(X, {'password': p}): ...\n"
        ),
    ),
    rejects=(
        "from tracing_facade import start_span\nwith start_span('x', {'user.password': p}): ...\n",
        (
            "from tracing_facade import current_span\n"
            "current_span().set_attribute('http.request.header.authorization', h)\n"
        ),
    ),
)
