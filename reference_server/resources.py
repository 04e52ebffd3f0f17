"""The resources this server keeps, each with its names, its rules and what a new object gets without asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reference_server import validation
from reference_server.errors import Cause

NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Resource:
    """One kind of object.

    Args:
        plural: the name in paths.
        singular: the name people type.
        kind: the name in objects.
        namespaced: whether objects live in namespaces.
        fields: top-level fields an object may have besides ``apiVersion``, ``kind`` and ``metadata``.
        short_names: abbreviations that kubectl accepts.
        check_name: tells what is wrong with a name.
        check: yields what is wrong with an object.
        check_change: yields what is wrong with a change.
        set_defaults: fills in what a new object leaves out.
        protected: names of objects that cannot be deleted.
    """

    plural: str
    singular: str
    kind: str
    namespaced: bool
    fields: tuple[str, ...]
    short_names: tuple[str, ...] = ()
    check_name: Callable[[str], str | None] = validation.check_dns_subdomain
    check: validation.Check = validation.check_spec_and_status
    check_change: Callable[[dict[str, Any], dict[str, Any]], Iterator[Cause]] = validation.no_change_rules
    set_defaults: Callable[[dict[str, Any]], None] = field(default=lambda value: None)
    protected: tuple[str, ...] = ()


def _set_namespace_defaults(value: dict[str, Any]) -> None:
    metadata = value["metadata"]
    labels = metadata.get("labels")
    if labels is None or isinstance(labels, dict):
        metadata["labels"] = {**(labels or {}), NAMESPACE_NAME_LABEL: metadata["name"]}
    value.setdefault("spec", {"finalizers": ["kubernetes"]})
    value.setdefault("status", {"phase": "Active"})


NAMESPACES = Resource(
    "namespaces",
    "namespace",
    "Namespace",
    namespaced=False,
    fields=("spec", "status"),
    short_names=("ns",),
    check_name=validation.check_dns_label,
    set_defaults=_set_namespace_defaults,
    protected=("default", "kube-system"),
)
NODES = Resource(
    "nodes",
    "node",
    "Node",
    namespaced=False,
    fields=("spec", "status"),
    short_names=("no",),
)
CONFIG_MAPS = Resource(
    "configmaps",
    "configmap",
    "ConfigMap",
    namespaced=True,
    fields=("data", "binaryData", "immutable"),
    short_names=("cm",),
    check=validation.check_config_map,
    check_change=validation.check_config_map_change,
)

RESOURCES = (NAMESPACES, NODES, CONFIG_MAPS)


def find_resource(name: str) -> Resource | None:
    """Return the resource that people call ``name``: plural, singular, kind or short name, in any case."""
    wanted = name.lower()
    for resource in RESOURCES:
        if wanted in (resource.plural, resource.singular, resource.kind.lower(), *resource.short_names):
            return resource
    return None
