"""Scopes: which variable a name is, with Python's own symbol tables as the oracle."""

from __future__ import annotations

import ast
import inspect
import symtable
import textwrap
from collections.abc import Iterator

import pytest

import lint_plugin.codemod
from lint_plugin.codemod.scopes import Bind, Scope, Scopes
from tests.support.repository import ROOT, modules

SOURCES = {
    "functions": (
        "def f(a, *b, c=x, **d):\n    e = a\n    def g():\n        nonlocal e\n        global h\n        e = h = 1\n"
    ),
    "classes": "x = 1\nclass A:\n    x = x\n    def f(self):\n        return x, A\n",
    "comprehensions": (
        "y = [a for a in b if (c := a)]\nz = {k: v for k in d for v in k}\ndef f():\n    return (q for q in q)\n"
    ),
    "statements": (
        "import a.b, c.d as e\nfrom f import g as h, i\nfor j, [k, *l] in m: pass\nwith n as o, p as (q, r): pass\n"
        "try: pass\nexcept s as t: pass\ndel u\nv += 1\nw: int\nx: str = y\nlambda z: z + zz\n"
    ),
    "patterns": (
        "match a:\n    case [b, *c]: pass\n    case {'k': d, **e}: pass\n    case F(g=h) as i: pass\n    case _: pass\n"
    ),
    "a nonlocal that is bound later": "def f():\n    def g():\n        nonlocal x\n        x = 1\n    x = 0\n",
    "a global that is declared after its use in a branch": (
        "def f(y):\n    if y:\n        pass\n    else:\n        global z\n        z = 1\n    return z\n"
    ),
}


COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")


def tables(source: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of every scope and the names that it binds, as Python sees them.

    Comprehensions count for the scope around them, since newer versions of Python have no tables for them.
    """
    top = symtable.symtable(source, "source", "exec")
    found: list[tuple[str, set[str]]] = []
    of_the_module: set[str] = set()
    waiting: list[tuple[symtable.SymbolTable, set[str]]] = [(top, set())]
    while waiting:
        table, around = waiting.pop()
        names = around if table.get_name() in COMPREHENSIONS else set()
        symbols = [symbol for symbol in table.get_symbols() if symbol.get_name().isidentifier()]
        bound = [symbol for symbol in symbols if symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported()]
        names |= {symbol.get_name() for symbol in bound if symbol.is_local() or table is top}
        # Some versions of Python do not call the target of `:=` in a comprehension assigned.
        of_the_module |= {symbol.get_name() for symbol in symbols if symbol.is_declared_global()}
        if names is not around:
            found.append((table.get_name(), names))
        waiting += [(child, names) for child in table.get_children()]
    yield from ((name, names | of_the_module if name == "top" else names) for name, names in found)


def ours(source: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the same as we see it."""
    scopes = Scopes(ast.parse(source))
    kinds = {ast.Lambda: "lambda", ast.Module: "top"}
    bound: dict[int, tuple[str, set[str]]] = {}
    for scope in scopes.scope_of.values():
        home = scope
        while isinstance(home.node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)) and home.parent:
            home = home.parent
        name = getattr(home.node, "name", None) or kinds[type(home.node)]
        names = {name for name, variable in scope.variables.items() if variable.bindings}
        bound.setdefault(id(home), (name, set()))[1].update(names)
    yield from bound.values()


def comparable(found: Iterator[tuple[str, set[str]]]) -> list[tuple[str, list[str]]]:
    """Return scopes in an order that both sides have."""
    return sorted((name, sorted(local)) for name, local in found)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_scope_binds_what_python_says(source: str) -> None:
    """Functions, classes, comprehensions, patterns, `global` and `nonlocal`."""
    assert comparable(ours(source)) == comparable(tables(source))


@pytest.mark.parametrize("path", modules("lint_plugin", "demo"), ids=str)
def test_real_modules_agree_too(path: object) -> None:
    """Our own modules are as good a sample as any."""
    source = (ROOT / str(path)).read_text(encoding="utf-8")
    assert comparable(ours(source)) == comparable(tables(source))


def variable_in(source: str, line: int) -> tuple[str, str]:
    """Return name and scope of the variable that the expression statement in a line reads."""
    tree = ast.parse(textwrap.dedent(source))
    scopes = Scopes(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and node.lineno == line:
            variable = scopes.variable_of(node.value)
            return ("", "") if variable is None else (variable.name, shown(variable.scope))
    raise AssertionError(f"no expression in line {line}")


def shown(scope: Scope) -> str:
    """Return the name of a scope."""
    return getattr(scope.node, "name", type(scope.node).__name__)


READS = {
    "a name of the module": ("x = 1\ndef f():\n    x\n", 3, ("x", "Module")),
    "a name that is local further down": ("x = 1\ndef f():\n    x\n    x = 2\n", 3, ("x", "f")),
    "a class is not seen by its methods": (
        "x = 1\nclass A:\n    x = 2\n    def f(self):\n        x\n",
        5,
        ("x", "Module"),
    ),
    "in the body of the class": ("x = 1\nclass A:\n    x = 2\n    x\n", 4, ("x", "A")),
    "a builtin": ("len\n", 1, ("", "")),
    "an assignment expression in a comprehension": ("def f(y):\n    [(x := a) for a in y]\n    x\n", 3, ("x", "f")),
}


@pytest.mark.parametrize(("source", "line", "expected"), READS.values(), ids=READS)
def test_a_name_is_the_variable_that_python_reads(source: str, line: int, expected: tuple[str, str]) -> None:
    """The nearest scope that binds it, classes left out."""
    assert variable_in(source, line) == expected


def test_blocks_that_bind_the_same_name_are_told_apart() -> None:
    """As long as each use is in the body of exactly one of them."""
    source = "with a as s:\n    s.x\nwith b as s:\n    s.y\n"
    assert [len(found.uses) for found in Scopes(ast.parse(source)).all_variables()] == [1, 1]
    nested = "with a as s:\n    with b as s:\n        s.y\n    s.x\n"
    assert [len(found.uses) for found in Scopes(ast.parse(nested)).all_variables()] == [2]


def test_quoted_annotations_are_read() -> None:
    """But not the texts of `Literal` and `Annotated`."""
    source = 'def f(a: "X | None", b: Optional["X"], c: Literal["X"], d: Annotated[int, "X"]) -> "X": ...\nX = 1\n'
    (variable,) = [found for found in Scopes(ast.parse(source)).all_variables() if found.name == "X"]
    assert len(variable.uses) == 3
    assert [binding.how for binding in variable.bindings] == [Bind.ASSIGN]


def test_the_package_has_scopes_to_test() -> None:
    """The sample above is not empty by mistake."""
    assert inspect.getdoc(lint_plugin.codemod)
    assert len(modules("lint_plugin", "demo")) > 50
