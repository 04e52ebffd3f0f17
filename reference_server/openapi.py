"""As much OpenAPI as kubectl needs: it learns that this server validates fields itself, and what the kinds are."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from reference_server.resources import RESOURCES, Resource

_OBJECT = {"type": "object"}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_FIELD_TYPES: dict[str, dict[str, Any]] = {
    "data": _TEXTS,
    "binaryData": _TEXTS,
    "immutable": {"type": "boolean"},
    "spec": _OBJECT,
    "status": _OBJECT,
}
_METADATA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "generateName": {"type": "string"},
        "namespace": {"type": "string"},
        "uid": {"type": "string"},
        "resourceVersion": {"type": "string"},
        "creationTimestamp": {"type": "string", "format": "date-time"},
        "labels": _TEXTS,
        "annotations": _TEXTS,
    },
}
_PARAMETERS = [
    {"name": name, "in": "query", "schema": {"type": "string"}}
    for name in ("dryRun", "fieldManager", "fieldValidation")
]


def openapi_index() -> dict[str, Any]:
    """Return the list of OpenAPI documents."""
    return {"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"}}}


@lru_cache(maxsize=1)
def openapi_document() -> dict[str, Any]:
    """Return the OpenAPI 3 document of ``/api/v1``."""
    return {
        "openapi": "3.0.0",
        "info": {"title": "reference-server", "version": "v1"},
        "paths": {path: item for resource in RESOURCES for path, item in _paths(resource).items()},
        "components": {"schemas": {_schema_name(resource): _schema(resource) for resource in RESOURCES}},
    }


def _paths(resource: Resource) -> dict[str, Any]:
    collection = (
        f"/api/v1/namespaces/{{namespace}}/{resource.plural}" if resource.namespaced else f"/api/v1/{resource.plural}"
    )
    operation = {
        "parameters": _PARAMETERS,
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-group-version-kind": _kind(resource),
    }
    return {
        collection: {"get": operation, "post": operation},
        f"{collection}/{{name}}": {"get": operation, "put": operation, "patch": operation, "delete": operation},
    }


def _schema(resource: Resource) -> dict[str, Any]:
    own = {field: _FIELD_TYPES[field] for field in resource.fields}
    text = {"type": "string"}
    return {
        "type": "object",
        "description": f"{resource.kind}, as far as this server knows it.",
        "properties": {"apiVersion": text, "kind": text, "metadata": _METADATA, **own},
        "x-kubernetes-group-version-kind": [_kind(resource)],
    }


def _schema_name(resource: Resource) -> str:
    return f"io.k8s.api.core.v1.{resource.kind}"


def _kind(resource: Resource) -> dict[str, str]:
    return {"group": "", "version": "v1", "kind": resource.kind}
