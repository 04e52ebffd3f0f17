"""The reader of the server's own configuration files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reference_server.documents import Reader, load_document
from reference_server.errors import StartupError

HEADER = "apiVersion: reference-server/v1\nkind: Thing\n"


def _read(reader: Reader) -> dict[str, Any]:
    return {
        "text": reader.text("text"),
        "choice": reader.text("choice", default="a", allowed=["a", "b"]),
        "number": reader.number("number", default=5, least=1, most=10),
        "texts": reader.texts("texts"),
        "maps": reader.maps("maps", lambda inner: inner.text("name")),
    }


def _load(directory: Path, text: str) -> dict[str, Any]:
    path = directory / "thing.yaml"
    path.write_text(text, encoding="utf-8")
    return load_document(str(path), "Thing", _read)


def test_fields_and_defaults(tmp_path: Path) -> None:
    """What is given is read, what is left out has its default."""
    found = _load(tmp_path, HEADER + "text: x\nnumber: 1.5\nmaps: [{name: one}, {name: two}]\n")
    assert found == {"text": "x", "choice": "a", "number": 1.5, "texts": (), "maps": ("one", "two")}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (HEADER, ["text: is missing; it is required"]),
        (HEADER + "text: 7", ["text: 7 is not a non-empty text"]),
        (HEADER + "text: x\nchoice: c", ["choice: 'c' is unknown; use one of a, b"]),
        (HEADER + "text: x\nnumber: 11", ["number: 11 is not a number from 1 to 10"]),
        (HEADER + "text: x\nnumber: true", ["number: True is not a number from 1 to 10"]),
        (HEADER + "text: x\ntexts: y", ["texts: 'y' is not a list of non-empty texts"]),
        (HEADER + "text: x\nmaps: {}", ["maps: is not a list but dict"]),
        (HEADER + "text: x\nmaps: [{}]", ["maps[0].name: is missing"]),
        (HEADER + "text: x\nmaps: [{name: n, z: 1}]", ["maps[0].z: is unknown; known here are name"]),
        (HEADER + "text: x\ncolour: 1", ["colour: is unknown; known here are apiVersion, choice, kind"]),
        ("apiVersion: v2\nkind: Thing\ntext: x", ["apiVersion: 'v2' is unknown; use one of reference-server/v1"]),
        ("apiVersion: reference-server/v1\nkind: Other\ntext: x", ["kind: 'Other' is unknown; use one of Thing"]),
        (HEADER + "text: 7\nchoice: c\ncolour: 1", ["text", "choice", "colour"]),
        ("[]", ["the file: is not a map but list", "apiVersion: is missing", "kind: is missing", "text: is missing"]),
        ("a: [", ["cannot be read"]),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_every_problem_is_told_with_its_place(tmp_path: Path, text: str, problems: list[str]) -> None:
    """One start shows all that is wrong."""
    with pytest.raises(StartupError) as caught:
        _load(tmp_path, text)
    found = caught.value.problems
    assert len(found) == len(problems)
    assert all(given.startswith(wanted) for given, wanted in zip(found, problems, strict=True)), found


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """The message has the path."""
    with pytest.raises(StartupError, match=r"absent\.yaml"):
        load_document(str(tmp_path / "absent.yaml"), "Thing", _read)
