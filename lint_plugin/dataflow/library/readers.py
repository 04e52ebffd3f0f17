"""Functions that read settings out of a text: rows, sections, tables, the parts of an address."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from lint_plugin.dataflow.concrete import NotConstantError, concrete_text
from lint_plugin.dataflow.constants import folded
from lint_plugin.dataflow.library.registry import handles
from lint_plugin.dataflow.run import Call, Run
from lint_plugin.dataflow.values import UNKNOWN, Class, Constant, Instance, Items, Table, Value


@handles("csv.reader", "csv.DictReader")
def _rows(run: Run, call: Call) -> Value:
    import csv

    return folded(lambda lines: list(csv.reader(lines)), call.argument(0, "csvfile") or UNKNOWN)


# As many letters take as long to read as one statement to follow.
_LETTERS_OF_A_STEP = 4


def _read(run: Run, reader: Callable[[str], object], text: Value) -> Value:
    """Return what a reader makes of a text; its length counts like the statements of the program."""
    run.fuel -= len(concrete_text(text) or "") // _LETTERS_OF_A_STEP
    return folded(reader, text) if run.fuel > 0 else UNKNOWN


@handles("tomllib.loads", "tomli.loads", "toml.loads", "tomlkit.parse")
def _toml(run: Run, call: Call) -> Value:
    return _read(run, _read_toml, call.argument(0) or UNKNOWN)


def _read_toml(text: str) -> object:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


@handles("yaml.safe_load", "yaml.full_load", "yaml.load", "yaml.unsafe_load")
def _yaml(run: Run, call: Call) -> Value:
    return _read(run, _read_yaml, call.argument(0, "stream") or UNKNOWN)


def _read_yaml(text: str) -> object:
    # What is named once and meant often may become large.
    if "&" in text:
        raise NotConstantError
    import yaml

    return yaml.load(text, yaml.SafeLoader)


@handles("urllib.parse.urlparse", "urllib.parse.urlsplit")
def _address(run: Run, call: Call) -> Value:
    from urllib.parse import urlparse, urlsplit

    names = ("scheme", "netloc", "path", "query", "fragment", "hostname")
    parts = folded(lambda text: [getattr(urlsplit(text), name) for name in names], call.argument(0) or UNKNOWN)
    whole = folded(lambda text: list(urlparse(text)), call.argument(0) or UNKNOWN)
    if not isinstance(parts, Items) or not isinstance(whole, Items):
        return UNKNOWN
    fields = Items([Constant(name) for name in ("scheme", "netloc", "path", "params", "query", "fragment")])
    attributes = {**dict(zip(names, parts.items, strict=True)), "params": whole.items[3]}
    return Instance(Class("ParseResult", {"__annotations__": fields}, []), attributes)


@handles("urllib.parse.parse_qs")
def _query(run: Run, call: Call) -> Value:
    return _read(run, _read_query, call.argument(0, "qs") or UNKNOWN)


@handles("urllib.parse.parse_qsl")
def _query_pairs(run: Run, call: Call) -> Value:
    query = _read(run, _read_query, call.argument(0, "qs") or UNKNOWN)
    entries = query.entries if isinstance(query, Table) else {}
    pairs = [(name, value) for name, values in entries.items() for value in getattr(values, "items", ())]
    return Items([Items([Constant(name), value], tuple) for name, value in pairs])


def _read_query(text: str) -> object:
    from urllib.parse import parse_qs

    # Letters written as numbers would have to be a trace for the gate, and are written here by nobody else.
    if "%" in text:
        raise NotConstantError
    return parse_qs(text)


_PARSERS = ("configparser.ConfigParser()", "configparser.RawConfigParser()", "configparser.SafeConfigParser()")


def _of_parsers(name: str) -> tuple[str, ...]:
    return tuple(f"{parser}.{name}" for parser in _PARSERS)


@handles(*_of_parsers("read_string"), *_of_parsers("read_dict"))
def _sections(run: Run, call: Call) -> Value:
    content = _read(run, _read_sections, call.argument(0) or UNKNOWN)
    for section, options in content.entries.items() if isinstance(content, Table) else ():
        for parser in _PARSERS:
            run.patched[f"{parser}[{section}]"] = options
    return Constant(None)


def _read_sections(given: Any) -> object:
    import configparser

    # Values that refer to others may become large.
    parser = configparser.RawConfigParser()
    read: Callable[[Any], None] = parser.read_string if isinstance(given, str) else parser.read_dict
    read(given)
    return {section: dict(parser.items(section)) for section in parser.sections()}


@handles(*_of_parsers("get"))
def _setting(run: Run, call: Call) -> Value:
    section, option = (concrete_text(call.argument(place) or UNKNOWN) for place in range(2))
    options = run.patched.get(f"{_PARSERS[0]}[{section}]")
    found = options.entries.get(option) if isinstance(options, Table) else None
    return found or run.refer("configparser.ConfigParser().get()")
