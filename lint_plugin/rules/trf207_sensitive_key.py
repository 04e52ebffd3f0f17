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

# What is said about a secret, which is none itself.
_ABOUT = (
    r"(?i)[._-](?:age|algorithm|allowed|changed|count|decision|enabled|exists|expired|expir(?:es|y)|kind|len(?:gth)?|method|mode"
    r"|name|policy|present|provider|required|reset|result|rotated|rules?|scheme|size|status|strength|ttl|type|valid|version)"
    r"(?:[._-](?:at|in|id|name|type|version|seconds))?$"
)


def _check(module: Module) -> Iterator[Hit]:
    for one in module.once(span_calls):
        for attribute in attributes_of(one) if not one.told_inside else ():
            declared = attribute_of(one.spec, attribute) if one.spec is not None else None
            if _is_secret(attribute.key) and (declared is None or declared.sensitivity == "public"):
                yield Hit(
                    attribute.node,
                    f"{attribute.key} holds a secret by its name: leave it out, or declare its sensitivity",
                )


def _is_secret(key: str) -> bool:
    return re.search(_SECRET, key) is not None and re.search(_ABOUT, key) is None


RULE = Rule(
    code="TRF207",
    name="sensitive-key",
    check=_check,
    accepts=(
        "from tracing_facade import start_span\nwith start_span('x', {'passenger': 1, 'password.length': 9}): ...\n",
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
