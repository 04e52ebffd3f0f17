"""Of which type the value of an attribute is."""

from __future__ import annotations

import ast

import pytest

from lint_plugin.codemod.facts import Facts
from lint_plugin.codemod.value_kinds import kind_of

HEAD = """\
import json
import time
from typing import Any

NAME = "x"
COUNT: int = something()
mixed = 1
mixed = 2.5
other = 1
other = "a"

class A:
    def f(self, text: str, number: int, ratio: "float", items: list[str], table: dict[str, int], any: Any, plain):
        self.size = 5
"""

KINDS = {
    "str": ["'a'", "f'{plain}'", "str(plain)", "text", "text + 'a'", "'%s' % plain", "', '.join(plain)",
            "text.strip().lower()", "json.dumps(plain)", "type(plain).__name__", "__name__", "text or 'a'", "NAME"],
    "int": ["1", "-1", "len(plain)", "number", "number * 2 + 1", "sum(table.values())", "COUNT", "self.size",
            "number if plain else 3", "7 // 2", "time.time_ns()", "max([1, 2])"],
    "float": ["1.5", "1 / 2", "number * 1.5", "ratio", "time.perf_counter()", "float(plain)", "mixed", "sum([1, 2.5])"],
    "bool": ["True", "not plain", "plain is None", "number > 3", "isinstance(plain, int)"],
    "list[str]": ["['a', text]", "items", "[str(x) for x in plain]", "list(table.keys())", "sorted(items)", "('a',)"],
    "": ["plain", "plain.x", "plain()", "text * 2", "any", "other", "[1, 'a']", "[]", "None", "b'a'", "1 ** 2", "{}",
         "plain + 'a'", "sum(plain)", "1 if plain else 'a'", "table", "lambda: 1", "len"],
}  # fmt: skip
CASES = [(code, kind) for kind, codes in KINDS.items() for code in codes]


@pytest.mark.parametrize(("code", "kind"), CASES, ids=[code for code, _ in CASES])
def test_the_type_of_a_value(code: str, kind: str) -> None:
    """As far as the code says so; the rest is for a person."""
    facts = Facts(f"{HEAD}        ({code})\n")
    values = [node.value for node in ast.walk(facts.tree) if isinstance(node, ast.Expr)]
    assert kind_of(values[-1], facts) == kind
