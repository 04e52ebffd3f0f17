"""What happens to an object between its arrival and the store: identity, defaults, server-set fields, rules."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from reference_server.errors import BadRequest, Cause, Conflict, Invalid
from reference_server.resources import Resource
from reference_server.validation import check_metadata

_GENERATED_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"  # no vowels: no words
_GENERATED_LENGTH = 5
_METADATA_FIELDS = frozenset({
    "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "labels",
    "annotations", "finalizers", "ownerReferences", "managedFields", "selfLink", "deletionTimestamp",
    "deletionGracePeriodSeconds",
})  # fmt: skip
_NEVER_KEPT = ("managedFields", "selfLink", "generation", "deletionTimestamp", "deletionGracePeriodSeconds")


def check_identity(resource: Resource, value: Any, namespace: str, name: str = "") -> dict[str, Any]:
    """Return ``value`` as an object of this kind, in this namespace, with the name the URL has (if it has one).

    Fields of ``metadata`` that are null or empty are left out, as Kubernetes does.

    Raises:
        BadRequest: it is no object, or the object of another URL.
    """
    if not isinstance(value, dict):
        raise BadRequest(f"the body is not an object but {type(value).__name__}; send a {resource.kind}")
    for field, expected in (("apiVersion", "v1"), ("kind", resource.kind)):
        if value.get(field) != expected:
            raise BadRequest(f"{field} {value.get(field)!r} does not belong to this URL; it takes {expected!r}")
    metadata = value.get("metadata")
    if metadata is None:
        metadata = {}
    if not isinstance(metadata, dict):
        raise BadRequest(f"metadata is not a map but {type(metadata).__name__}")
    for field in ("name", "generateName", "namespace", "uid", "resourceVersion"):
        found = metadata.get(field)
        if found is not None and not isinstance(found, str):
            raise BadRequest(f"metadata.{field} {found!r} is not text; put it in quotes")
    _check_place(metadata, namespace, name)
    placed = {field: item for field, item in metadata.items() if field != "namespace" and item not in (None, {}, [])}
    if namespace:
        placed["namespace"] = namespace
    if name:
        placed["name"] = name
    return {**value, "metadata": placed}


def _check_place(metadata: dict[str, Any], namespace: str, name: str) -> None:
    given_name, given_namespace = metadata.get("name") or name, metadata.get("namespace") or namespace
    if name and given_name != name:
        raise BadRequest(f"the name of the object ({given_name}) does not match the name on the URL ({name})")
    if given_namespace != namespace:
        raise BadRequest(
            f"the namespace of the object ({given_namespace}) does not match the namespace on the URL ({namespace})"
        )


def check_fields(resource: Resource, value: dict[str, Any], strictness: str) -> tuple[dict[str, Any], list[str]]:
    """Return ``value`` without unknown fields, and what to warn the client about.

    Args:
        resource: what kind of object it is.
        value: the object.
        strictness: the ``fieldValidation`` parameter: ``Strict`` refuses unknown fields, ``Warn`` (or nothing) warns
            and ``Ignore`` drops them in silence.

    Raises:
        BadRequest: there are unknown fields and the client wants to hear of it.
    """
    known = {"apiVersion", "kind", "metadata", *resource.fields}
    unknown = [f'unknown field "{field}"' for field in sorted(value.keys() - known)]
    unknown += [f'unknown field "metadata.{field}"' for field in sorted(value["metadata"].keys() - _METADATA_FIELDS)]
    if not unknown:
        return value, []
    if strictness == "Strict":
        raise BadRequest(f"strict decoding error: {', '.join(unknown)}")
    kept = {field: item for field, item in value.items() if field in known}
    kept["metadata"] = {field: item for field, item in value["metadata"].items() if field in _METADATA_FIELDS}
    return kept, [] if strictness == "Ignore" else unknown


def prepare_new(resource: Resource, value: dict[str, Any]) -> dict[str, Any]:
    """Return the object with everything the server gives to a new one."""
    metadata = {field: item for field, item in value["metadata"].items() if field not in _NEVER_KEPT}
    if metadata.pop("resourceVersion", None):
        raise BadRequest("resourceVersion should not be set on objects to be created")
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = metadata["generateName"] + _random_suffix()
    if not metadata.get("name"):
        cause = Cause("metadata.name", "Required value: name or generateName is required", "FieldValueRequired")
        raise Invalid.object(resource.kind, "", [cause])
    metadata["uid"] = str(uuid.uuid4())
    metadata["creationTimestamp"] = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    prepared = {**value, "metadata": metadata}
    resource.set_defaults(prepared)
    return prepared


def prepare_change(resource: Resource, old: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Return the new state of an object, with what nobody can change taken from the old one.

    Raises:
        Conflict: the client means another object of the same name.
    """
    metadata = {field: item for field, item in value["metadata"].items() if field not in _NEVER_KEPT}
    stored = old["metadata"]
    if metadata.get("uid") not in (None, "", stored["uid"]):
        why = f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: {stored['uid']}"
        raise Conflict.object(resource.plural, stored["name"], why)
    metadata.pop("resourceVersion", None)
    for field in ("uid", "creationTimestamp", "generateName"):
        if field in stored:
            metadata[field] = stored[field]
        else:
            metadata.pop(field, None)
    prepared = {**value, "metadata": metadata}
    resource.set_defaults(prepared)
    return prepared


def check_rules(resource: Resource, value: dict[str, Any], old: dict[str, Any] | None = None) -> None:
    """Check that an object may be stored.

    Raises:
        Invalid: with every rule that it breaks.
    """
    causes = list(_broken_rules(resource, value, old))
    if causes:
        raise Invalid.object(resource.kind, value["metadata"]["name"], causes)


def _broken_rules(resource: Resource, value: dict[str, Any], old: dict[str, Any] | None) -> Iterator[Cause]:
    yield from check_metadata(value["metadata"], resource.check_name)
    yield from resource.check(value)
    if old is not None:
        yield from resource.check_change(old, value)


def _random_suffix() -> str:
    return "".join(secrets.choice(_GENERATED_ALPHABET) for _ in range(_GENERATED_LENGTH))
