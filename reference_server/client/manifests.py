"""Objects from files: which resource each is, and in which namespace it belongs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from reference_server.client.errors import RefctlError
from reference_server.resources import RESOURCES, Resource
from reference_server.strict_yaml import parse_yaml_documents

DEFAULT_NAMESPACE = "default"


class Manifest(NamedTuple):
    """One object of a file.

    Args:
        source: the file, as the user named it; empty when the command line said it all.
        resource: what it is.
        namespace: where it belongs; empty for cluster scope.
        value: the object.
    """

    source: str
    resource: Resource
    namespace: str
    value: dict[str, Any]

    @property
    def name(self) -> str:
        """The object's name; empty when the server is to generate one."""
        return str(self.value["metadata"].get("name") or "")

    def check_named(self) -> None:
        """Check that the object has a name, without which it cannot be found.

        Raises:
            RefctlError: it has none.
        """
        if not self.name:
            raise RefctlError(f"error: {self.source}: metadata.name is missing; only create may do without")


def load_manifests(paths: Iterable[str], namespace: str | None) -> list[Manifest]:
    """Return the objects in YAML or JSON files, also those in lists.

    Args:
        paths: the files; ``-`` is standard input.
        namespace: the one the user asked for, or None.

    Raises:
        RefctlError: a file cannot be read or has something else in it.
    """
    found = [_manifest(path, value, namespace) for path in paths for value in _values(path)]
    if not found:
        raise RefctlError("error: no objects passed")
    return found


def _values(path: str) -> Iterator[Any]:
    for document in _documents(path):
        items = document.get("items") if isinstance(document, dict) else None
        if isinstance(items, list) and str(document.get("kind", "")).endswith("List"):
            yield from items
        else:
            yield document


def _documents(path: str) -> list[Any]:
    if path == "-" and sys.stdin is None:
        raise RefctlError("error: there is no standard input to read objects from")
    try:
        text = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except FileNotFoundError:
        raise RefctlError(f'error: the path "{path}" does not exist') from None
    except OSError as error:
        raise RefctlError(f'error: the path "{path}" cannot be read: {error.strerror or error}') from error
    try:
        return parse_yaml_documents(text)
    except ValueError as error:
        raise RefctlError(f"error: error parsing {path}: {error}") from error


def _manifest(path: str, value: Any, namespace: str | None) -> Manifest:
    metadata = value.get("metadata") if isinstance(value, dict) else None
    if not isinstance(metadata, dict):
        raise RefctlError(f"error: {path}: there is no object with apiVersion, kind and metadata, but {_short(value)}")
    resource = _resource(path, value)
    own = metadata.get("namespace")
    if own is not None and not isinstance(own, str):
        raise RefctlError(f"error: {path}: metadata.namespace {own!r} is not text; put it in quotes")
    if resource.namespaced and own and namespace and own != namespace:
        raise RefctlError(
            f'error: the namespace from the provided object "{own}" does not match the namespace "{namespace}". '
            f"You must pass '--namespace={own}' to perform this operation."
        )
    place = (own or namespace or DEFAULT_NAMESPACE) if resource.namespaced else ""
    return Manifest(path, resource, place, value)


def _resource(path: str, value: dict[str, Any]) -> Resource:
    version, kind = value.get("apiVersion"), value.get("kind")
    for resource in RESOURCES:
        if (version, kind) == ("v1", resource.kind):
            return resource
    known = ", ".join(resource.kind for resource in RESOURCES)
    raise RefctlError(
        f'error: unable to recognize "{path}": no matches for kind "{kind}" in version "{version}"; '
        f"known in version v1 are {known}"
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
