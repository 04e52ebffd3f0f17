"""The gate lets through whatever the analysis of the whole file would report."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lint_plugin import checker
from lint_plugin.dataflow import methods
from lint_plugin.dataflow.library import pure
from lint_plugin.evidence import SMALL, has_traces
from lint_plugin.finding import Finding
from lint_plugin.gate import may_matter
from lint_plugin.program import project_for
from lint_plugin.settings import Settings
from lint_plugin.source import read
from tests.lint_plugin.evasions.generator import program
from tests.lint_plugin.evasions.pieces import Maker
from tests.lint_plugin.evasions.strings import STRINGS
from tests.lint_plugin.samples import samples
from tests.support.repository import ROOT, modules

SETTINGS = Settings()
NAMES = (b"opentelemetry",)

# Ordinary code with nothing in it that makes text: more than a small file.
_PADDING = (
    "\n".join(
        f"class Account{number}:\n"
        f"    def deposit_{number}(self, amount, currency='EUR'):\n"
        "        # Amounts are whole cents; elements of the statement are retried while open.\n"
        "        self.balance += amount\n"
        "        return self.balance\n"
        for number in range(40)
    )
    + "\n"
)

# These neither make a letter that does not stand in the text, nor take one away from between others.
_KEEPS = frozenset((
    "capitalize", "casefold", "count", "encode", "endswith", "find", "index", "isidentifier", "isprintable", "istitle",
    "lower", "lstrip", "partition", "rfind", "rindex", "rpartition", "rsplit", "rstrip", "split", "splitlines",
    "startswith", "strip", "title", "upper", "bit_length", "as_integer_ratio", "conjugate", "is_integer", "tobytes",
    "difference", "union", "intersection", "issubset", "issuperset", "indices", "center", "ljust", "rjust", "zfill",
    "replace", "join", "hex", "len", "ord", "int", "float", "bool", "repr", "ascii", "oct", "bin", "abs", "round",
    "divmod", "any", "all", "slice", "b16encode", "b2a_hex", "hexlify", "b2a_qp", "quote", "quote_plus", "escape",
    "dumps", "loads", "dedent", "capwords", "basename", "dirname", "splitext", "normpath", "cleandoc", "intern",
    "from_bytes", "unescape",
))  # fmt: skip
# With letters of their own as arguments these do; without them they take away space, or separate.
_LETTERED = {
    "lstrip": "text.lstrip('xy')",
    "rstrip": "text.rstrip('xy')",
    "strip": "text.strip('xy')",
    "split": "text.split('x')",
    "rsplit": "text.rsplit('x')",
    "partition": "text.partition('x')",
    "rpartition": "text.rpartition('x')",
    "replace": "'opxntxlxmxtry'.replace('x', 'e')",
    "decode": "text.decode(name)",
    "unescape": "html.unescape('&#111;')",
    "loads": "json.loads('\"\\\\u006f\"')",
}


def _without_gate(source: bytes, settings: Settings = SETTINGS) -> list[Finding]:
    return checker.check_source("program.py", read(source), settings, project_for(settings), suppress=True)


def _passes(source: bytes) -> bool:
    return may_matter(source, SETTINGS)


def _padded(source: str) -> bytes:
    data = (_PADDING + source).encode()
    assert len(data) > SMALL
    return data


def test_the_padding_leaves_no_trace() -> None:
    """What fills a file up is not what lets it through."""
    assert not has_traces(_PADDING.encode(), NAMES)
    assert not may_matter(_padded("import importlib\nimportlib.import_module(name)\n"), SETTINGS)


@pytest.mark.parametrize("build", STRINGS, ids=lambda build: build.__name__)
def test_every_way_of_building_a_name_leaves_a_trace(build: Callable[[Maker, str], object]) -> None:
    """Whatever makes the name in a file of any size, the file is followed if that would report it."""
    missed = []
    for seed in range(6):
        piece = build(Maker(seed), "opentelemetry")
        lines = [*piece.lines, "import importlib", f"importlib.import_module({piece.expression})"]  # type: ignore[attr-defined]
        source = _padded("\n".join(lines) + "\n")
        if not _passes(source) and _without_gate(source):
            missed.append(lines)
    assert missed == []


@pytest.mark.parametrize("first", range(0, 150, 30))
def test_generated_programs_pass_in_a_file_of_any_size(first: int) -> None:
    """The same holds for every loader, alias and place, alone and in a large file."""
    for seed in range(first, first + 30):
        source = program(seed).source
        for data in (source.encode(), _padded(source)):
            assert _passes(data) or not _without_gate(data), source


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_samples_pass(sample: object, tmp_path: Path) -> None:
    """No file of a sample is held back that would be reported."""
    sample.write(tmp_path)  # type: ignore[attr-defined]
    for path in tmp_path.rglob("*.py"):
        data = path.read_bytes()
        found = [one for one in _without_gate(data) if one.code != checker.UNREADABLE]
        assert _passes(data) or not found, path


@pytest.mark.parametrize(
    "line",
    [
        "import \uff4fpentelemetry", "importlib.import\uff3fmodule('open' 'telemetry')", "\uff45xec(code)",
        "\U0001d41c\U0001d428\U0001d41d\U0001d41e.interact()", "\u24de = \ufb01 = eval",
    ],
)  # fmt: skip
def test_other_characters_for_the_same_letters_pass(line: str) -> None:
    """Python normalises names: what looks otherwise may be a sealed module or a loader."""
    assert _passes(f"# \u00fc\nimport importlib, code\n{line}\n".encode())


def _mutated() -> Iterator[bytes]:
    random_choice = random.Random(7)
    paths = modules("lint_plugin", "reference_server", "tests")
    for number in range(60):
        lines = (ROOT / random_choice.choice(paths)).read_text(encoding="utf-8").split("\n")
        body = program(number).source
        place = random_choice.choice([at for at, line in enumerate([*lines, "x"]) if line[:1].isidentifier()] or [0])
        yield "\n".join([*lines[:place], body, *lines[place:]]).encode()


def test_mutated_files_pass() -> None:
    """A real file into which an evasion was put is held back only if nothing is wrong with it."""
    for data in _mutated():
        assert _passes(data) or not _without_gate(data)


@pytest.mark.parametrize("operation", sorted(methods._PURE | methods._GROWING | set(pure._BUILTINS)), ids=str)
def test_an_operation_that_is_folded_is_known_to_the_gate(operation: str) -> None:
    """A method or function that the analysis computes keeps letters as they are, or is itself a trace."""
    name = operation.rpartition(".")[2]
    trace = has_traces(f"{_PADDING}\nx = {name}(value)\n".encode(), NAMES)
    assert trace is not (name in _KEEPS), "say which it is: in lint_plugin/evidence.py, or in _KEEPS of this test"


@pytest.mark.parametrize(
    "path", [f"{module}.{name}" for module, names in pure._MODULES.items() for name in names], ids=str
)
def test_a_function_of_the_library_that_is_folded_is_known_to_the_gate(path: str) -> None:
    """The same for functions of the standard library."""
    module, _, name = path.rpartition(".")
    trace = has_traces(f"{_PADDING}\nfrom {module} import {name}\n".encode(), NAMES)
    assert trace is not (name in _KEEPS), "say which it is: in lint_plugin/evidence.py, or in _KEEPS of this test"


@pytest.mark.parametrize("name", sorted(methods._CODECS), ids=str)
def test_a_codec_that_makes_other_letters_is_known_to_the_gate(name: str) -> None:
    """Decoding by anything but the encodings in which letters are themselves is a trace, by each of its names."""
    plain = name.replace("-", "").replace("_", "") in {
        "utf8", "u8", "utf8sig", "ascii", "usascii", "latin1", "iso88591", "l1", "cp1252",
    }  # fmt: skip
    trace = has_traces(f"{_PADDING}\nname = {name!r}\n".encode(), NAMES)
    assert trace is not plain


@pytest.mark.parametrize("use", _LETTERED.values(), ids=_LETTERED)
def test_taking_letters_away_is_a_trace(use: str) -> None:
    """What is ordinary with most arguments is a trace with letters as its argument."""
    assert has_traces(f"{_PADDING}\nx = {use}\n".encode(), NAMES)


@pytest.mark.parametrize(
    "trace",
    [
        "'op' + 'en' + 'te' + 'lemetry'", "'open', 'tele', 'metry'", "['yrtemeletnepo']",
        "x['try'] + y['open'] + 'teleme'",
        "'xopent'[1:6]", "a[2:6] + b", "a[:4] + b[3:] + c[-2:]", "'reopened'[2]", "(15, 16, 5, 14, 20, 5, 12)",
        "'%c' % 111", "'{:c}'.format(111)", "'\\x6fpen'", "'\\157pen'", "a[::-1]", "a[0:9:2]", "range(0, 26, 2)",
        "zip('oetlmty', 'pneeer')", "[c for i, c in enumerate('o1p2e3n4')]", "map(bytes, numbers)",
    ],
)  # fmt: skip
def test_traces(trace: str) -> None:
    """What can make the name is seen, whatever else the file holds."""
    assert has_traces(f"{_PADDING}\nx = {trace}\n".encode(), NAMES)


@pytest.mark.parametrize(
    "harmless",
    [
        "values[0]", "values[-1]", "text.split(',')", "text.strip()", "line.rstrip('\\n')", "data.decode('utf-8')",
        "'open' in modes", "retry, telephone, symmetry = reopened", "text.replace('-', '_')", "day.replace(hour=0)",
        "json.loads(body)", "zip(names, values)", "enumerate(values)", "range(1, 10)", "isinstance(x, (str, bytes))",
    ],
)  # fmt: skip
def test_ordinary_code_leaves_no_trace(harmless: str) -> None:
    """What most files hold does not have them followed."""
    assert not has_traces(f"{_PADDING}\nx = {harmless}\n".encode(), NAMES)
