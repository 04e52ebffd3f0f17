"""Kubernetes' catalogue of what a static reader accepts, skips and rejects (test/instrumentation), for spans."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from tracing_facade.registry.reading.declarations import Declarations, read_declarations

HEAD = "from tracing_facade import AttributeSpec, EventSpec, SpanKind, SpanSpec, Stability\n"


def _read(folder: Path, source: str, *, strict: bool = False) -> Declarations:
    path = folder / "spans.py"
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    return read_declarations(str(path), strict=strict)


SKIPPED = {
    "ALPHA with a variable": HEAD + "import os\nA = SpanSpec(os.name, stability=Stability.ALPHA)",
    "ALPHA with a call": HEAD + "A = SpanSpec(name(), stability=Stability.ALPHA)",
    "INTERNAL with a call": HEAD + "A = SpanSpec(name(), stability=Stability.INTERNAL)",
    "no stability": HEAD + "A = SpanSpec(name())",
    "a foreign package with the same name": "from other import SpanSpec, Stability\n"
    "A = SpanSpec(name(), stability=Stability.STABLE)",
    "an aliased foreign package": "import other as tracing_facade\n"
    "A = tracing_facade.SpanSpec(name(), stability=tracing_facade.Stability.STABLE)",
    "everything imported from a foreign package": "from other import *\nA = SpanSpec('a', stability=Stability.STABLE)",
    "a file without the facade": "A = SpanSpec('a', stability=1)",
}


@pytest.mark.parametrize("source", SKIPPED.values(), ids=SKIPPED)
def test_what_promises_nothing_is_skipped(tmp_path: Path, source: str) -> None:
    """It is neither found nor refused."""
    found = _read(tmp_path, source)
    assert (found.spans, found.refusals) == ((), ())


ACCEPTED = {
    "a plain span": HEAD + "A = SpanSpec('order.place', stability=Stability.STABLE)",
    "with a kind": HEAD + "A = SpanSpec('order.place', kind=SpanKind.CLIENT, stability=Stability.STABLE)",
    "with attributes": HEAD
    + "A = SpanSpec('order.place', attributes=(AttributeSpec('order.items', int),), stability=Stability.BETA)",
    "with events": HEAD + "A = SpanSpec('order.place', events=(EventSpec('paid'),), stability=Stability.BETA)",
    "with a shared attribute": HEAD
    + "B = AttributeSpec('order.items', int)\nA = SpanSpec('order.place', attributes=(B,), stability=Stability.BETA)",
    "a custom name of the import": "import tracing_facade as custom\n"
    "A = custom.SpanSpec('order.place', stability=custom.Stability.STABLE)",
    "custom names of what is imported": "from tracing_facade import SpanSpec as S, Stability as L\n"
    "A = S('order.place', stability=L.STABLE)",
    "a module of the facade": "import tracing_facade.registry\nimport tracing_facade.stability\n"
    "A = tracing_facade.registry.SpanSpec('order.place', stability=tracing_facade.stability.Stability.STABLE)",
    "a constant": HEAD + "NAME = 'order.place'\nA = SpanSpec(NAME, stability=Stability.STABLE)",
    "an annotated constant": HEAD
    + "NAME: str = 'order.place'\nA: SpanSpec = SpanSpec(NAME, stability=Stability.STABLE)",
    "several constants at once": HEAD + "N = M = 'order.place'\nA = SpanSpec(M, stability=Stability.STABLE)",
    "a sum of texts": HEAD + "P = 'order'\nA = SpanSpec(P + '.' + 'place', stability=Stability.STABLE)",
    "a sum of tuples": HEAD
    + "C = (AttributeSpec('a'),)\n"
    + "A = SpanSpec('order.place', attributes=C + (AttributeSpec('b'),), stability=Stability.BETA)",
    "an unpacked tuple": HEAD
    + "C = (AttributeSpec('a'),)\nA = SpanSpec('order.place', attributes=(*C,), stability=Stability.BETA)",
    "a list": HEAD + "A = SpanSpec('order.place', attributes=[AttributeSpec('a')], stability=Stability.BETA)",
    "text over several lines": HEAD
    + "A = SpanSpec('order.place', brief='one '\n    'two', stability=Stability.STABLE)",
    "a threshold": HEAD + "LIMIT = 0.5\nA = SpanSpec('order.place', slow_after=LIMIT, stability=Stability.STABLE)",
    "an imported constant of the standard library": HEAD + "from string import digits\n"
    "A = SpanSpec('order.place', brief=digits, stability=Stability.STABLE)",
    "a constant of an imported module": HEAD + "import string\n"
    "A = SpanSpec('order.place', brief=string.digits, stability=Stability.STABLE)",
    "a convention": HEAD
    + "A = SpanSpec('order.place', attributes=(AttributeSpec.convention('http.route'),), stability=Stability.STABLE)",
    "deprecated": HEAD + "A = SpanSpec('order.place', deprecated_version='1.4', stability=Stability.STABLE)",
}


@pytest.mark.parametrize("source", ACCEPTED.values(), ids=ACCEPTED)
@pytest.mark.parametrize("strict", [False, True], ids=["searched", "named"])
def test_literals_are_read(tmp_path: Path, source: str, strict: bool) -> None:
    """The declaration is the one that an import would give."""
    found = _read(tmp_path, source, strict=strict)
    assert [span.constant for span in found.spans] == ["A"]
    assert (found.refusals, found.skipped) == ((), ())
    names: dict[str, object] = {}
    exec(source, names)  # the very files that are read above
    assert str(found.spans[0].spec) == str(names["A"])


@pytest.mark.parametrize(
    "statement", ["from shop.names import NAME", "from .names import NAME", "from . import names as n\nNAME = n.NAME"]
)
def test_constants_of_the_code_base_are_read(tmp_path: Path, statement: str) -> None:
    """From the files beside it, by absolute or relative import, also when they are only passed on."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "names.py").write_text("from .more import NAME\n")
    (folder / "more.py").write_text("NAME = 'order.place'\n")
    found = _read(folder, f"{HEAD}{statement}\nA = SpanSpec(NAME, stability=Stability.STABLE)")
    assert [span.spec.name for span in found.spans] == ["order.place"]


def test_the_facade_may_be_passed_on_by_a_module_of_the_code_base(tmp_path: Path) -> None:
    """A declaration does not escape because its class was imported from somewhere else."""
    (tmp_path / "tracing.py").write_text("from tracing_facade import SpanSpec, Stability\nSpan = SpanSpec\n")
    found = _read(tmp_path, "from tracing import Span, Stability\nA = Span('order.place', stability=Stability.STABLE)")
    assert [span.spec.name for span in found.spans] == ["order.place"]


REJECTED = {
    "an unknown variable": (
        "A = SpanSpec(name, stability=Stability.STABLE)",
        "2:14: `name` is not bound in this file; declarations are read without running them",
    ),
    "what a function returns": (
        "def name(): return 'a'\nA = SpanSpec(name(), stability=Stability.STABLE)",
        "3:14: `name()` is a call; declarations are read without running them",
    ),
    "what an imported function returns": (
        "from os import getcwd\nA = SpanSpec(getcwd(), stability=Stability.STABLE)",
        "3:14: `getcwd()` is a call;",
    ),
    "an imported name that is not at hand": (
        "from requests import NAME\nA = SpanSpec(NAME, stability=Stability.STABLE)",
        "3:14: `NAME` is imported from requests, which is not a file of this code base;",
    ),
    "stability by a call": (
        "A = SpanSpec('order.place', stability=level())",
        "2:39: `level()` does not show the promise where it is made; write one of Stability.INTERNAL, Stability.ALPHA,",
    ),
    "stability by text": (
        "A = SpanSpec('order.place', stability='STABLE')",
        "2:39: SpanSpec 'order.place': stability 'STABLE' is not a Stability; use one of Stability.INTERNAL,",
    ),
    "stability by an unknown member": (
        "A = SpanSpec('order.place', stability=Stability.UNKNOWN)",
        "2:39: `Stability.UNKNOWN` is not one of Stability.INTERNAL, Stability.ALPHA, Stability.BETA, Stability.STABLE",
    ),
    "stability by a variable": (
        "LEVEL = Stability.STABLE\nA = SpanSpec('order.place', stability=LEVEL)",
        "3:39: `LEVEL` does not show the promise where it is made;",
    ),
    "options passed through a helper": (
        "def options(): return {}\nA = SpanSpec('order.place', **options())",
        "3:31: `options()` is passed with **; write each argument out",
    ),
    "attributes from a helper": (
        "def common(): return ()\nA = SpanSpec('order.place', attributes=common(), stability=Stability.BETA)",
        "3:40: `common()` is a call;",
    ),
    "an attribute from a helper": (
        "B = make('a')\nA = SpanSpec('order.place', attributes=(B,), stability=Stability.BETA)",
        "2:5: `make('a')` is a call;",
    ),
    "a span from a helper": (
        "def make(name): return SpanSpec(name, stability=Stability.STABLE)\nA = make('order.place')",
        "2:24: `SpanSpec(name, stability=Stability.STABLE)` is not bound to a name there; give each span a name",
    ),
    "a span in a list": (
        "A = [SpanSpec('order.place', stability=Stability.STABLE)]",
        "2:6: `SpanSpec('order.place', stability=Stability.STABLE)` is not bound to a name there;",
    ),
    "positional arguments": (
        "A = SpanSpec('order.place', SpanKind.SERVER, stability=Stability.STABLE)",
        "2:29: SpanSpec.__init__() takes 2 positional arguments but 3 ",
    ),
    "a keyword that does not exist": (
        "A = SpanSpec('order.place', colour='red', stability=Stability.STABLE)",
        "2:29: SpanSpec.__init__() got an unexpected keyword argument 'colour'",
    ),
    "everything imported from the facade": (
        "from tracing_facade import *\nA = SpanSpec('order.place', stability=Stability.STABLE)",
        "2:1: importing * hides what is declared with what; import the names that are used",
    ),
    "an f-string": (
        "N = 'a'\nA = SpanSpec(f'order.{N}', stability=Stability.STABLE)",
        "3:14: `f'order.{N}'` is put together at run time;",
    ),
    "arithmetic": (
        "A = SpanSpec('order.place', slow_after=2 * 0.5, stability=Stability.STABLE)",
        "2:40: `2 * 0.5` is computed;",
    ),
    "a name bound twice": (
        "N = 'a'\nN = 'b'\nA = SpanSpec(N, stability=Stability.STABLE)",
        "4:14: `N` is bound more than once in this file (line 3); bind it once;",
    ),
    "a name bound by a condition": (
        "if HEAD:\n    N = 'a'\nA = SpanSpec(N, stability=Stability.STABLE)",
        "4:14: `N` is bound by a statement that must be run (line 2); assign a literal at the top of the file;",
    ),
    "a name that a function changes": (
        "N = 'a'\ndef change():\n    global N\nA = SpanSpec(N, stability=Stability.STABLE)",
        "5:14: `N` is changed by a function (line 4); bind it once;",
    ),
    "a name defined by itself": (
        "N = (N,)\nA = SpanSpec('a', attributes=N, stability=Stability.STABLE)",
        "2:6: `N` is defined by itself;",
    ),
    "a name used above": (
        "A = SpanSpec(N, stability=Stability.STABLE)\nN = 'a'",
        "2:14: `N` is bound further down (line 3); bind it above its use",
    ),
    "a comprehension": (
        "A = SpanSpec('a', attributes=[AttributeSpec(n) for n in 'ab'], stability=Stability.BETA)",
        "2:30: `[AttributeSpec(n) for n in 'ab']` is not a literal;",
    ),
}


@pytest.mark.parametrize(("source", "message"), REJECTED.values(), ids=REJECTED)
def test_a_promise_that_cannot_be_read_is_rejected(tmp_path: Path, source: str, message: str) -> None:
    """With its place and what to write instead, whether the file was searched or named."""
    for strict in (False, True):
        found = _read(tmp_path, HEAD + source, strict=strict)
        assert [str(refusal) for refusal in found.refusals if message in str(refusal)] != [], found.refusals


@pytest.mark.parametrize("source", [SKIPPED[name] for name in list(SKIPPED)[:4]], ids=list(SKIPPED)[:4])
def test_a_file_of_declarations_must_be_readable_throughout(tmp_path: Path, source: str) -> None:
    """There what promises nothing is refused too, because the checker must know every name."""
    assert _read(tmp_path, source, strict=True).refusals
