"""Makes inputs: arbitrary bytes, and real files that were cut, spliced, nested, encoded otherwise and broken."""

from __future__ import annotations

import random
import sysconfig
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_TREE = Path(__file__).parents[3]
_LARGEST = 60_000
_MOST_FILES = 1_500

NAMES = ("module.py", "stub.pyi", "pyproject.toml", "setup.cfg", "setup.py", "requirements.txt", "Pipfile", "a.ipynb")

# What the checker looks for, so that what is made at random is not turned away by the gate.
_WORDS = tuple(
    word.encode()
    for word in (
        "import opentelemetry", "importlib.import_module(", "__import__(", "sys.modules[", "exec(", "eval(",
        "lambda x: ", "getattr(", "'open' + 'telemetry'", "tracing_facade", "start_span(", "# noqa", "# noqa: TRF101",
        "# type: ", "f'{", '"""', "'''", "def f(x=", "class A(A):", "async ", "await ", "yield ",
        "match x:\n    case ", "with ", "for x in ", "while x:", "try:\n", "except* E:", "global x", "nonlocal x",
        "del x", "return ", "lazy import ", "type X = ", "(" * 60, "[" * 60, ")" * 60, "x." * 200, "\\\n", "\0",
        "\ufeff", "\u212a", "\U0001d42d", "# coding: utf-7\n", "# coding: rot13\n", "# coding: x\n", "\f", "\r", "\t",
        "        ", "*x, ", "**x, ", ":= ", "->", "@", "...", "%s" * 9, ".format(", ".join(", ".replace(", "[::-1]",
        "* 10 ** 9", "** 99 ** 99", "<< 10 ** 9", "'%1000000000d' % 1", "'{:>1000000000}'.format(1)",
        "'x' * 10 ** 10", "'a'.ljust(10 ** 10)", "bytes(10 ** 10)", "range(10 ** 18)",
        "re.sub('(a+)+b', '', 'a' * 99)", "json.loads('[' * 99999)", "zlib.decompress(b'", "SpanSpec(",
        "AttributeSpec(",
    )
)  # fmt: skip


class Input(NamedTuple):
    """One input.

    Args:
        name: what the file is called.
        data: its content.
    """

    name: str
    data: bytes


@lru_cache(maxsize=1)
def real_files() -> tuple[bytes, ...]:
    """Return the files to begin with: our own, and those of the standard library."""
    folders = (_TREE / "lint_plugin", _TREE / "tests" / "lint_plugin", Path(sysconfig.get_paths()["stdlib"]))
    found = [path for folder in folders for path in sorted(folder.rglob("*.py")) if "site-packages" not in path.parts]
    cases = sorted((_TREE / "tests" / "lint_plugin" / "cases").glob("*"))
    manifests = [_TREE / "pyproject.toml"]
    contents = [path.read_bytes()[:_LARGEST] for path in (*cases, *manifests, *found[:_MOST_FILES])]
    return tuple(content for content in contents if content)


def inputs(seed: int) -> Iterator[Input]:
    """Yield inputs without end; the same for the same seed on the same tree."""
    chance = random.Random(seed)
    while True:
        data = chance.choice(_MAKERS)(chance)
        name = NAMES[0] if chance.random() < 0.8 else chance.choice(NAMES)
        yield Input(name, data[:_LARGEST])


def _arbitrary(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randrange(400))


def _of_words(chance: random.Random) -> bytes:
    words = (chance.choice(_WORDS) if chance.random() < 0.8 else chance.choice((b"\n", b" ", b"\n    "))
             for _ in range(chance.randrange(1, 60)))  # fmt: skip
    return b"".join(words)


def _mutated(chance: random.Random) -> bytes:
    data = bytearray(chance.choice(real_files()))
    start = chance.randrange(len(data))
    data = data[start : start + chance.choice((500, 5_000, _LARGEST))] if chance.random() < 0.7 else data
    for _ in range(chance.choice((1, 3, 12, 60))):
        chance.choice(_MUTATIONS)(chance, data)
    return bytes(data)


def _spliced(chance: random.Random) -> bytes:
    lines = [chance.choice(real_files()).splitlines(True) for _ in range(2)]
    taken = [chance.choice(chance.choice(lines)) for _ in range(chance.randrange(1, 80))]
    return b"".join(taken)


def _nested(chance: random.Random) -> bytes:
    deep = chance.choice((50, 95, 200, 1_000, 5_000))
    before, after = chance.choice(
        ((b"(", b")"), (b"[", b"]"), (b"f(", b")"), (b"-", b""), (b"not ", b""), (b"lambda: ", b""), (b"x.a(", b")"),
         (b"{1: ", b"}"), (b"a if b else ", b""), (b"x[", b"]"), (b"'a' + ", b""), (b"f'{", b"}'"), (b"await ", b""))
    )  # fmt: skip
    core = chance.choice((b"x", b"__import__('opentelemetry')", b"'opentelemetry'"))
    return b"import importlib\ny = importlib.import_module(" + before * deep + core + after * deep + b")\n"


def _indented(chance: random.Random) -> bytes:
    opener = chance.choice((b"if x:", b"def f():", b"class A:", b"for x in y:", b"try:", b"with a:", b"while x:"))
    deep = chance.choice((20, 95, 150))
    lines = [b" " * level + opener for level in range(deep)]
    return b"\n".join([*lines, b" " * deep + b"import opentelemetry", b""])


_LINES = (
    b"x = __import__(x)\n", b"x += 'opentelemetry'\n", b"def f(a=f): return __import__(f(a))\n", b"x = x + x\n",
    b"class A(A): x = A\n", b"x = [x, x]\n", b"x = {x: x}\n", b"exec('x = 1')\n", b"import importlib as x\n",
    b"'''\n", b"# noqa: TRF101\n", b"x = y if z else x\n",
)  # fmt: skip


def _repeated(chance: random.Random) -> bytes:
    line = chance.choice(_LINES)
    return b"import importlib\nx = 'opentelemetry'\n" + line * chance.choice((10, 300, 2_000))


_MAKERS: tuple[Callable[[random.Random], bytes], ...] = (
    _arbitrary, _of_words, _of_words, _mutated, _mutated, _mutated, _mutated, _spliced, _spliced, _nested, _indented,
    _repeated,
)  # fmt: skip


def _change(chance: random.Random, data: bytearray) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _insert(chance: random.Random, data: bytearray) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = chance.choice(_WORDS)


def _remove(chance: random.Random, data: bytearray) -> None:
    place = chance.randrange(len(data) + 1)
    del data[place : place + chance.choice((1, 1, 5, 50))]


def _double(chance: random.Random, data: bytearray) -> None:
    place = chance.randrange(len(data) + 1)
    data[place:place] = data[place : place + chance.choice((1, 20, 400))]


def _swap_names(chance: random.Random, data: bytearray) -> None:
    old, new = chance.choice(((b"import ", b"import opentelemetry, "), (b"(", b"(("), (b":\n", b"\n"), (b"self", b"x"),
                              (b"=", b"=="), (b"'", b'"'), (b"    ", b"   "), (b"return", b"yield"),
                              (b"os", b"opentelemetry"), (b"def ", b"async def ")))  # fmt: skip
    data[:] = data.replace(old, new, chance.choice((1, -1)))


_MUTATIONS: tuple[Callable[[random.Random, bytearray], None], ...] = (_change, _insert, _remove, _double, _swap_names)
