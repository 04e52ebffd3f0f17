"""Objects from files."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from reference_server.client.errors import RefctlError
from reference_server.client.manifests import Manifest, load_manifests
from reference_server.resources import CONFIG_MAPS, NODES
from tests.support.api_server import config_map, node


def _write(directory: Path, text: str) -> str:
    path = directory / "objects.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_documents_and_lists(tmp_path: Path) -> None:
    """Objects one after another, and those in a list, are the same."""
    listing = {"apiVersion": "v1", "kind": "List", "items": [node("n"), config_map("b", namespace="team")]}
    path = _write(tmp_path, f"{json.dumps(config_map('a'))}\n---\n{json.dumps(listing)}\n---\n")
    assert load_manifests([path], None) == [
        Manifest(path, CONFIG_MAPS, "default", config_map("a")),
        Manifest(path, NODES, "", node("n")),
        Manifest(path, CONFIG_MAPS, "team", config_map("b", namespace="team")),
    ]


def test_the_namespace_of_the_command_line(tmp_path: Path) -> None:
    """Is for objects that name none, and for none that have none."""
    path = _write(tmp_path, f"{json.dumps(config_map('a'))}\n---\n{json.dumps(node('n'))}")
    assert [manifest.namespace for manifest in load_manifests([path], "team")] == ["team", ""]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is called -."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(node("n")).encode())))
    (manifest,) = load_manifests(["-"], None)
    assert (manifest.source, manifest.name) == ("-", "n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no objects passed"),
        ("{}", "no object with apiVersion, kind and metadata"),
        ("7", "no object with apiVersion, kind and metadata, but 7"),
        ("a: [", "error parsing"),
        ("a: 1\na: 2", "twice"),
        ('{"apiVersion": "v1", "kind": "Pod", "metadata": {}}', 'no matches for kind "Pod" in version "v1"'),
        ('{"apiVersion": "v2", "kind": "Node", "metadata": {}}', 'no matches for kind "Node" in version "v2"'),
        ('{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": 7}}', "metadata.namespace 7 is not text"),
        (json.dumps(config_map("a", namespace="x")), 'does not match the namespace "team"'),
    ],
    ids=lambda value: value[:30],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    """The message says which file and why."""
    with pytest.raises(RefctlError, match=message):
        load_manifests([_write(tmp_path, text)], "team")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """As kubectl words it; a directory is no file."""
    with pytest.raises(RefctlError, match=r'the path ".*absent" does not exist'):
        load_manifests([str(tmp_path / "absent")], None)
    with pytest.raises(RefctlError, match="cannot be read"):
        load_manifests([str(tmp_path)], None)


def test_some_need_a_name(tmp_path: Path) -> None:
    """An object whose name is generated cannot be found again."""
    (manifest,) = load_manifests([_write(tmp_path, json.dumps(node("")))], None)
    with pytest.raises(RefctlError, match=r"metadata\.name is missing"):
        manifest.check_named()
