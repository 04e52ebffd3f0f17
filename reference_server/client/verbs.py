"""What get, create, apply and delete do; each returns whether all of it succeeded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from reference_server.client import printing
from reference_server.client.api import ApiClient
from reference_server.client.apply import apply_patch, with_last_applied
from reference_server.client.console import Console
from reference_server.client.errors import RefctlError, ServerRefused
from reference_server.client.manifests import DEFAULT_NAMESPACE, Manifest
from reference_server.resources import RESOURCES, Resource, find_resource

Object = dict[str, Any]

T = TypeVar("T")


@dataclass(frozen=True)
class Targets:
    """What the command line names.

    Args:
        resource: the kind of object.
        names: which; none means all of them.
        namespace: where; empty means everywhere.
    """

    resource: Resource
    names: tuple[str, ...]
    namespace: str

    @classmethod
    def read(cls, kind_or_one: str, names: Sequence[str], namespace: str | None) -> Targets:
        """Return what ``configmaps a b`` or ``configmap/a`` names.

        Raises:
            RefctlError: there is no such kind, or the words are mixed up.
        """
        kind, slash, name = kind_or_one.partition("/")
        if slash and (names or not name):
            words = " ".join([kind_or_one, *names])
            raise RefctlError(f"error: {words!r} cannot be read; write TYPE NAME... or TYPE/NAME")
        resource = find_resource(kind)
        if resource is None:
            known = ", ".join(known.plural for known in RESOURCES)
            raise RefctlError(f'error: the server doesn\'t have a resource type "{kind}"; it has {known}')
        place = (DEFAULT_NAMESPACE if namespace is None else namespace) if resource.namespaced else ""
        return cls(resource, (name,) if slash else tuple(names), place)


@dataclass(frozen=True)
class Session:
    """What every verb needs.

    Args:
        api: the server.
        console: where to write.
        output: ``json``, ``yaml``, ``name``, or empty for what people read.
    """

    api: ApiClient
    console: Console
    output: str = ""

    def get(self, targets: Targets, selector: str = "") -> bool:
        """Show objects."""
        if not targets.names:
            found = self.api.list(targets.resource, targets.namespace, selector)
            self._show_list(targets, found)
            return True
        values: list[Object] = []
        succeeded = self._for_each(
            targets.names, lambda name: values.append(self.api.get(targets.resource, targets.namespace, name))
        )
        if len(targets.names) == 1 and values and self.output in ("json", "yaml"):
            self.console.show(printing.formatted(values[0], self.output))
        elif values:
            self._show_list(targets, {"apiVersion": "v1", "kind": "List", "items": values})
        return succeeded

    def create(self, manifests: Iterable[Manifest]) -> bool:
        """Store new objects."""

        def create(manifest: Manifest) -> None:
            value = self.api.create(manifest.resource, manifest.namespace, manifest.value)
            self._done(manifest.resource, value, "created")

        return self._for_each(manifests, create, "creating")

    def apply(self, manifests: Iterable[Manifest]) -> bool:
        """Make the stored objects what the manifests say."""
        return self._for_each(manifests, self._apply_one, "applying")

    def delete(self, resource: Resource, namespace: str, names: Iterable[str], *, ignore_missing: bool) -> bool:
        """Remove objects."""

        def delete(name: str) -> None:
            try:
                self.api.delete(resource, namespace, name)
            except ServerRefused as error:
                if not (ignore_missing and error.code == 404):
                    raise
                return
            named = f"{resource.singular}/{name}"
            self.console.show(named if self.output == "name" else f'{resource.singular} "{name}" deleted')

        return self._for_each(names, delete)

    def _apply_one(self, manifest: Manifest) -> None:
        manifest.check_named()
        metadata = {**manifest.value["metadata"], **({"namespace": manifest.namespace} if manifest.namespace else {})}
        wanted = with_last_applied({**manifest.value, "metadata": metadata})
        try:
            stored = self.api.get(manifest.resource, manifest.namespace, manifest.name)
        except ServerRefused as error:
            if error.code != 404:
                raise
            value = self.api.create(manifest.resource, manifest.namespace, wanted)
            self._done(manifest.resource, value, "created")
            return
        patch = apply_patch(stored, wanted)
        if patch:
            stored = self.api.merge(manifest.resource, manifest.namespace, manifest.name, patch)
        self._done(manifest.resource, stored, "configured" if patch else "unchanged")

    def _for_each(self, items: Iterable[T], act: Callable[[T], None], doing: str = "") -> bool:
        """Do it for every item, also behind one that fails; tell whether all succeeded."""
        succeeded = True
        for item in items:
            try:
                act(item)
            except ServerRefused as error:
                source = getattr(item, "source", "")
                told = error.while_doing(f'error when {doing} "{source}"') if source else error
                self.console.remark(str(told))
                succeeded = False
        return succeeded

    def _done(self, resource: Resource, value: Object, what: str) -> None:
        if self.output in ("json", "yaml"):
            self.console.show(printing.formatted(value, self.output))
        else:
            name = printing.short_name(resource, value)
            self.console.show(name if self.output == "name" else f"{name} {what}")

    def _show_list(self, targets: Targets, found: Object) -> None:
        values = found["items"]
        if self.output in ("json", "yaml"):
            self.console.show(printing.formatted(found, self.output))
        elif self.output == "name":
            for value in values:
                self.console.show(printing.short_name(targets.resource, value))
        elif values:
            everywhere = targets.resource.namespaced and not targets.namespace
            self.console.show(printing.table(targets.resource, values, with_namespace=everywhere))
        else:
            place = f" in {targets.namespace} namespace" if targets.namespace else ""
            self.console.remark(f"No resources found{place}.")
