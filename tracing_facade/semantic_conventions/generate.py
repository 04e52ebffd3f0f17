"""Writes the table of published attributes anew: ``python -m tracing_facade.semantic_conventions.generate FOLDER``.

FOLDER holds the source artifacts ``opentelemetry-semconv`` and ``opentelemetry-semconv-incubating`` of one release, as
Maven Central has them (``mvn dependency:get -Dartifact=io.opentelemetry.semconv:NAME:RELEASE:jar:sources``, the
incubating one with ``-alpha`` behind its release). Of all that OpenTelemetry publishes in packages these alone state
the type of every attribute. The name of the first gives the release.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tracing_facade.semantic_conventions.table import DATA

_STABLE = re.compile(r"opentelemetry-semconv-(\d+\.\d+\.\d+)-sources\.jar\Z")
_INCUBATING = re.compile(r"opentelemetry-semconv-incubating-(\d+\.\d+\.\d+)-alpha-sources\.jar\Z")
_ATTRIBUTE = re.compile(
    r"/\*\*(?P<told>(?:(?!\*/).)*)\*/\s*(?:@Deprecated\s+)?"
    r"public static final AttributeKey(?P<template>Template)?<[^;=]*>\s+(?P<constant>\w+)\s*=\s*"
    r'(?P<type>[a-z]+)(?P<array>Array)?Key(?:Template)?\(\s*"(?P<key>[^"]+)"\);',
    re.DOTALL,
)
_VALUES = re.compile(
    r"Values for \{@link #(?P<constant>\w+)\}(?:(?!\*/).)*\*/\s*(?:@Deprecated\s+)?"
    r"public static final class \w+ \{(?P<body>.*?)\n  \}",
    re.DOTALL,
)
_VALUE = re.compile(
    r"(?P<deprecated>@Deprecated\s+)?public static final (?:String|long)\s+\w+\s*=\s*"
    r'(?:"(?P<text>[^"]*)"|(?P<number>-?\d+))'
)
_DEPRECATED = re.compile(r"@deprecated(?P<reason>.*)\Z", re.DOTALL)
_MOVED_TO_STABLE = "in favor of stable"
_TYPES = {"string": "string", "boolean": "boolean", "long": "int", "double": "double"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(description="Write the table of published attributes anew.")
    parser.add_argument("folder", type=Path, help="holds the two source artifacts of one release")
    folder: Path = parser.parse_args(arguments).folder
    found = {path.name: path for path in sorted(folder.rglob("*-sources.jar"))}
    stable = {match[1]: found[name] for name in found if (match := _STABLE.match(name))}
    incubating = {match[1]: found[name] for name in found if (match := _INCUBATING.match(name))}
    if len(stable) != 1 or stable.keys() != incubating.keys():
        parser.error(f"{folder} must hold both artifacts of one release; it holds {sorted(found) or 'none'}")
    (release,) = stable
    table = attributes(_sources(stable[release]), _sources(incubating[release]))
    Path(DATA).write_text(as_json(release, table), "utf-8")
    return 0


def attributes(stable: str, incubating: str) -> dict[str, dict[str, Any]]:
    """Return a row for every attribute, by name.

    Args:
        stable: the source code of what is stable.
        incubating: that of everything, in which what is stable is marked as having moved.
    """
    rows = dict(_rows(incubating))
    for key, row in _rows(stable):
        # Of a list of values each artifact has only those that are, or are not, stable themselves.
        others = [value for value in rows.get(key, {}).get("values", ()) if value not in row["values"]]
        rows[key] = {**row, **({"values": row["values"] + others} if "values" in row else {}), "stable": True}
    return dict(sorted(rows.items()))


def as_json(release: str, rows: dict[str, dict[str, Any]]) -> str:
    """Return the table with one line per attribute."""
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(row)}" for key, row in rows.items())
    return f'{{"release": {json.dumps(release)}, "attributes": {{\n{lines}\n}}}}\n'


def _sources(archive: Path) -> str:
    with zipfile.ZipFile(archive) as files:
        return "\n".join(
            files.read(name).decode() for name in sorted(files.namelist()) if name.endswith("Attributes.java")
        )


def _rows(source: str) -> Iterator[tuple[str, dict[str, Any]]]:
    values = {found["constant"]: list(_values(found["body"])) for found in _VALUES.finditer(source)}
    for found in _ATTRIBUTE.finditer(source):
        row: dict[str, Any] = {"type": _TYPES[found["type"]] + ("[]" if found["array"] else "")}
        if found["template"]:
            row["template"] = True
        if found["constant"] in values:
            row["values"] = values[found["constant"]]
            if isinstance(row["values"][0], int):
                row["type"] = "int"
        deprecated = _DEPRECATED.search(found["told"])
        if deprecated and _MOVED_TO_STABLE not in deprecated["reason"]:
            row["deprecated"] = _replacements(deprecated["reason"])
        yield found["key"], row


def _values(body: str) -> Iterator[str | int]:
    for found in _VALUE.finditer(body):
        if not found["deprecated"]:
            yield int(found["number"]) if found["number"] else found["text"]


def _replacements(reason: str) -> list[str]:
    text = re.sub(r"\s*\n\s*\*\s*", " ", reason)
    return [name for name in re.findall(r"\{@code ([^}]+)\}", text) if re.fullmatch(r"[a-z][\w.]*\.[\w.]+", name)]


if __name__ == "__main__":
    sys.exit(main())
