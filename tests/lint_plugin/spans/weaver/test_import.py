"""A registry that others have written becomes declarations; this one is made up, and uses both formats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lint_plugin.spans.golden import as_mapping
from lint_plugin.spans.weaver.importing import as_specs
from lint_plugin.spans.weaver.registry import RegistryError, load

MANIFEST = "schema_url: https://example.com/schemas/1.0.0\n"
GROUPS = """\
groups:
  - id: registry.shop
    type: attribute_group
    brief: Attributes of the shop.
    attributes:
      - id: shop.order.state
        stability: stable
        brief: >
          How far
          it is.
        type:
          members:
            - {id: new, value: "NEW", stability: stable}
            - {id: lost, value: "LOST", stability: development, deprecated: {reason: obsoleted}}
            - {id: paid, value: "PAID", stability: development}
      - {id: shop.order.items, type: int, stability: release_candidate, brief: Items., examples: [3]}
      - {id: shop.order.label, type: "template[string]", stability: stable, brief: Labels.}
      - {id: shop.order.raw, type: any, stability: stable, brief: Raw.}
      - {id: shop.total, type: double, stability: stable, brief: Old., deprecated: {reason: renamed, renamed_to: x}}
      - id: shop.error
        type: {members: [{id: other, value: _OTHER, stability: stable}]}
        stability: stable
        brief: What went wrong.
  - id: shop.common
    type: attribute_group
    brief: Shared.
    attributes:
      - ref: shop.order.items
        requirement_level: required
      - ref: shop.order.raw
  - id: span.shop.place
    type: span
    extends: shop.common
    span_kind: client
    stability: stable
    brief: Place an order.
    attributes:
      - ref: shop.order.state
        requirement_level:
          conditionally_required: If it is known.
      - ref: shop.order.items
        brief: How many.
      - ref: shop.order.label
      - ref: shop.total
      - ref: shop.error
  - id: span.shop.gone
    type: span
    span_kind: internal
    stability: development
    deprecated: {reason: obsoleted}
    brief: Gone.
    attributes: []
"""
DEFINITIONS = """\
file_format: definition/2
attributes:
  - {key: shop.user.tier, type: "string[]", stability: development, brief: Tier.}
attribute_groups:
  - id: shop.user
    visibility: internal
    attributes:
      - ref: shop.user.tier
        requirement_level: opt_in
spans:
  - type: shop.login
    kind: server
    stability: beta
    brief: Log in.
    name: {note: anything}
    attributes:
      - ref: shop.user.tier
        brief: Which tier.
      - ref_group: shop.user
span_refinements:
  - id: span.shop.login.admin
    ref: shop.login
    stability: development
    brief: Log in as administrator.
    attributes:
      - ref: shop.order.items
"""
STATE = {
    "key": "shop.order.state", "type": "str", "values": ["NEW", "PAID"], "requirement": "conditionally_required",
    "brief": "How far it is.", "stability": "STABLE",
}  # fmt: skip
TIER = {
    "key": "shop.user.tier", "type": "list[str]", "requirement": "opt_in", "brief": "Which tier.", "stability": "ALPHA",
}  # fmt: skip


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """The folder of the registry."""
    folder = tmp_path / "registry"
    (folder / "more").mkdir(parents=True)
    (folder / "registry_manifest.yaml").write_text(MANIFEST)
    (folder / "shop.yaml").write_text(GROUPS)
    (folder / "more" / "users.yml").write_text(DEFINITIONS)
    return folder


def test_spans_have_all_that_is_said_about_them(registry: Path) -> None:
    """By inheritance, by groups, by refinement, and where they are referred to."""
    left_out: list[tuple[str, str]] = []
    found = as_specs(load(str(registry)), [], lambda *told: left_out.append(told))
    assert [as_mapping(spec) for spec in found] == [
        {
            "name": "shop.place", "kind": "CLIENT", "brief": "Place an order.", "stability": "STABLE",
            "attributes": [
                {"key": "shop.order.items", "type": "int", "requirement": "required", "brief": "How many.",
                 "stability": "BETA"},
                STATE,
                {"key": "shop.error", "type": "str", "brief": "What went wrong.", "stability": "STABLE"},
            ],
        },
        {
            "name": "shop.login", "kind": "SERVER", "brief": "Log in.", "stability": "BETA", "attributes": [TIER],
        },
        {
            "name": "shop.login.admin", "kind": "SERVER", "brief": "Log in as administrator.", "stability": "ALPHA",
            "attributes": [TIER, {"key": "shop.order.items", "type": "int", "brief": "Items.", "stability": "BETA"}],
        },
    ]  # fmt: skip
    assert left_out == [
        ("the attribute shop.order.raw, since a declared attribute cannot be any", "shop.place"),
        ("the attribute shop.order.label, since a declared attribute cannot be template[string]", "shop.place"),
        ("the attribute shop.total, which is deprecated in the registry", "shop.place"),
        ("the whole span, which is deprecated in the registry", "shop.gone"),
    ]


def _run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lint_plugin.command", "spans", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})


def test_the_command_writes_a_file_of_declarations(registry: Path) -> None:
    """What is left out is told; the file can be read, exported, and imported again."""
    done = _run("import", "weaver", "registry", "--span", "shop.p*", "--output", "spans.py", cwd=registry.parent)
    assert done.returncode == 0
    assert (
        "tracing-lint spans: left out the attribute shop.total, which is deprecated in the registry [shop.place]\n"
        in (done.stderr)
    )
    source = (registry.parent / "spans.py").read_text()
    assert source.startswith('"""Spans of the registry in registry."""\n\nfrom __future__ import annotations\n')
    assert (
        'SHOP_ORDER_ITEMS = AttributeSpec(\n    "shop.order.items",\n    int,\n    requirement="required",\n'
        '    brief="How many.",\n    stability=Stability.BETA,\n)\n'
    ) in source
    assert _run("export", "weaver", "spans.py", "--output", "again", cwd=registry.parent).returncode == 0
    done = _run("import", "weaver", "again", "--output", "again.py", cwd=registry.parent)
    assert (done.returncode, done.stderr) == (0, "")
    listed = [_run("list", name, "--format", "json", cwd=registry.parent).stdout for name in ("spans.py", "again.py")]
    names = [[span["name"] for span in json.loads(text)] for text in listed]
    assert names == [["shop.place"], ["shop.place"]]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "holds no registry; name the folder with its YAML files"),
        ({"a.yaml": "groups: ["}, "a.yaml: cannot be read: "),
        (
            {"a.yaml": "groups: [{id: span.a, type: span, attributes: [{ref: b}]}]"},
            "'span.a' refers to the attribute 'b'",
        ),
        (
            {"a.yaml": "groups: [{id: span.a, type: span, extends: b}]"},
            "'span.a' refers to 'b', which the registry does",
        ),
        ({"a.yaml": "groups: [{id: span.a, type: span, extends: span.a}]"}, "'span.a' extends itself"),
    ],
    ids=["empty", "no YAML", "an unknown attribute", "an unknown group", "a circle"],
)
def test_what_is_no_registry_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """With the file, or with the names of what does not fit."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(RegistryError, match=message):
        as_specs(load(str(tmp_path)), [], lambda *told: None)


@pytest.mark.parametrize("text", ["", "[]", "groups: 1", "groups: [1]", "spans: {}", "other: x"])
def test_what_else_stands_in_a_registry_is_left_alone(registry: Path, text: str) -> None:
    """Metrics, entities, and whatever comes later."""
    (registry / "other.yaml").write_text(text)
    assert len(as_specs(load(str(registry)), [], lambda *told: None)) == 3


def test_no_span_is_a_wrong_call(registry: Path) -> None:
    """Nothing is written."""
    done = _run("import", "weaver", "registry", "--span", "nothing.*", cwd=registry.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no span to import; see --span" in done.stderr
