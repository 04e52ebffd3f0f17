"""An annotation names a type of a sealed module.

Why:
    A signature that names a type of the library ties everybody who uses it to that library. The facade has types of its
    own for annotations. A file that imports the module is told so at its import, not again here.

Wrong:
    def handle(span: "opentelemetry.trace.Span") -> None: ...

Right:
    from tracing_facade import Span

    def handle(span: Span) -> None: ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint_plugin.dataflow.facts import Kind
from lint_plugin.rule import Hit, Module, Place, Rule

_COMMENT = r"#\s*type:(?!\s*ignore\b)([^#]*)"
_DOTTED = r"[^\W\d]\w*(?:\.[^\W\d]\w*)+"


def _check(module: Module) -> Iterator[Hit]:
    for fact in module.facts(Kind.ANNOTATION):
        yield Hit(fact.node, _message(fact.target))
    if not module.names_sealed or "type:" not in module.text:
        return
    tops = [name.partition(".")[0] for name in module.settings.sealed]
    for place, text in _type_comments(module.lines, tops):
        for found in re.finditer(_DOTTED, text):
            name = found[0]
            if module.settings.seals(name) and name.partition(".")[0] not in module.run.module.names:
                yield Hit(place, _message(name))
                break


def _message(name: str) -> str:
    return f"{name} is sealed: annotate with a type of tracing_facade instead"


def _type_comments(lines: list[str], tops: list[str]) -> Iterator[tuple[Place, str]]:
    if not any("type:" in line and any(top in line for top in tops) for line in lines):
        return
    from lint_plugin.suppressions import comments

    for token in comments(lines):
        found = re.match(_COMMENT, token.string)
        if found is not None:
            line, column = token.start
            yield Place(line, len(token.line[:column].encode("utf-8", "replace"))), found[1]


RULE = Rule(
    code="TRF106",
    name="sealed-annotation",
    check=_check,
    accepts=(
        "from typing import Literal\ndef f(x: Literal['opentelemetry.trace']): ...\n",
        "def f(span: 'Span') -> None: ...\n",
        "from typing import Annotated\ndef f(x: Annotated[int, 'opentelemetry.trace.Span']): ...\n",
    ),
    rejects=(
        "def f(span: 'opentelemetry.trace.Span') -> None: ...\n",
        "from typing import TypeVar\nT = TypeVar('T', bound='opentelemetry.trace.Span')\n",
        "from typing import List\nx: 'List[opentelemetry.trace.Span]' = []\n",
        "x = get()  # type: opentelemetry.trace.Span\n",
    ),
)
