"""The reference is complete and up to date, because it is written from the code."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from importlib import metadata
from pathlib import Path

import pytest

import tracing_facade
from docs import generate
from docs.pages import api, commands, configuration, spans
from lint_plugin.rule import all_rules
from lint_plugin.settings import KEYS
from tests.support.repository import ROOT
from tracing_facade import clients, servers
from tracing_facade.config import file_fields, types
from tracing_facade.policy import settings

REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize(
    ("path", "text"), tuple(generate.generated_pages()), ids=lambda value: getattr(value, "stem", "")
)
def test_a_generated_page_is_what_the_code_says(path: Path, text: str) -> None:
    """Nobody has forgotten `make docs`."""
    assert path.read_text(encoding="utf-8") == text, f"{path.name} is out of date: run `make docs`"


def test_nothing_else_is_among_the_generated_pages() -> None:
    """A page whose generator is gone is gone too."""
    assert set(REFERENCE.glob("*.md")) == {path for path, _ in generate.generated_pages()}


def test_every_public_name_has_its_place() -> None:
    """What the top level exports is on the page of the API."""
    page = (REFERENCE / "api.md").read_text(encoding="utf-8")
    assert [name for name in tracing_facade.__all__ if f"### {name}\n" not in page] == []


def test_every_adapter_is_on_the_page_of_the_api() -> None:
    """A new module of servers or clients is public as soon as it has a public class or function that adapts."""
    found = [
        f"{package.__name__}.{info.name}"
        for package in (servers, clients)
        for info in pkgutil.iter_modules(package.__path__)
    ]
    adapting = [name for name in found if {"TracingMiddleware", "tracing_interceptor"} & set(_names(name))]
    adapting += [name for name in found if any(public.startswith("trace_") for public in _names(name))]
    assert sorted(set(adapting) - api.MODULES.keys()) == []


def _names(module: str) -> list[str]:
    return [name for name in vars(importlib.import_module(module)) if not name.startswith("_")]


def test_every_option_of_the_configuration_is_documented() -> None:
    """Each field stands on its page with both of its names and a meaning."""
    page = (REFERENCE / "configuration.md").read_text(encoding="utf-8")
    for field in dataclasses.fields(tracing_facade.TracingConfiguration):
        assert f"| `{file_fields.in_file(field.name)}` | `{field.name}` |" in page
        assert field.metadata["meaning"]


def test_every_part_of_the_configuration_has_a_table() -> None:
    """A data class that configuration is made of stands below the fields."""
    made_of = [
        value for module in (types, settings) for value in vars(module).values() if dataclasses.is_dataclass(value)
    ]
    told = [tracing_facade.TracingConfiguration, *(kind for _, _, kind in configuration.NESTED)]
    assert [kind for kind in made_of if kind not in told] == []


def test_every_rule_and_setting_of_the_linter_is_documented() -> None:
    """Each rule has a section, and each key a row."""
    page = (REFERENCE / "lint_rules.md").read_text(encoding="utf-8")
    assert [found.rule.code for found in all_rules() if f"## {found.rule.code} " not in page] == []
    assert [key for key in KEYS if f"| `{key}` |" not in page] == []


def test_every_command_is_documented() -> None:
    """What the installation puts on the PATH is on the page of the commands."""
    scripts = metadata.distribution("tracing-facade").entry_points.select(group="console_scripts")
    assert {script.name for script in scripts} == set(commands.COMMANDS)


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_every_option_of_a_command_has_a_meaning(name: str) -> None:
    """An option without help text helps nobody."""
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert section, f"{name} has no section"
    assert [row for row in rows if row.endswith("|  |")] == []


def test_every_span_of_the_reference_server_says_what_it_is() -> None:
    """Spans, their attributes and their events all have a sentence of their own."""
    for span in spans.declared_spans():
        told = [(span.name, span.brief)]
        told += [(attribute.key, attribute.brief) for attribute in span.attributes]
        told += [(event.name, event.brief) for event in span.events]
        assert [name for name, brief in told if not brief] == []
