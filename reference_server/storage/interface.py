"""What the handlers need from a store: objects by key, one counter of versions, changes that are all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

Object = dict[str, Any]
"""A Kubernetes object as JSON has it."""


class Key(NamedTuple):
    """Where an object is: ``("configmaps", "default", "settings")``; the namespace is empty for cluster scope."""

    resource: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


class Preconditions(NamedTuple):
    """What must be true of the stored object for a change to happen; None asks for nothing."""

    resource_version: str | None = None
    uid: str | None = None


NO_PRECONDITIONS = Preconditions()


class Listing(NamedTuple):
    """The objects that were found, all as of one moment."""

    items: list[Object]
    resource_version: str
    next_key: Key | None = None
    """The last key of this page when more objects follow."""


class StorageError(Exception):
    """A change or look-up that the store refuses."""


class KeyMissing(StorageError):
    """There is no object at ``key``."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key} is not stored")
        self.key = key


class KeyTaken(StorageError):
    """There is an object at ``key`` already."""

    def __init__(self, key: Key) -> None:
        super().__init__(f"{key} is stored already")
        self.key = key


class PreconditionFailed(StorageError):
    """The stored object is not the one the change was meant for."""

    def __init__(self, key: Key, field: str, wanted: str, found: str) -> None:
        super().__init__(f"Precondition failed: {field} in precondition: {wanted}, {field} in object meta: {found}")
        self.key = key
        self.field = field


class Storage(Protocol):
    """A store of objects. Every method is atomic, and safe to call from many threads.

    The store sets ``metadata.resourceVersion``: the value of one counter that every change increments.
    """

    def get(self, key: Key) -> Object:
        """Return the object at ``key``.

        Raises:
            KeyMissing: there is none.
        """

    def list(
        self,
        resource: str,
        namespace: str = "",
        *,
        matches: Callable[[Object], bool] | None = None,
        limit: int = 0,
        after: Key | None = None,
    ) -> Listing:
        """Return objects in the order of their keys.

        Args:
            resource: plural name, for example ``"configmaps"``.
            namespace: leave out for all namespaces.
            matches: keeps the objects for which it answers True.
            limit: objects at most; 0 for all.
            after: start behind this key.
        """

    def create(self, key: Key, value: Object, *, inside: Key | None = None, dry_run: bool = False) -> Object:
        """Store a new object and return it with its version.

        Args:
            key: where.
            value: the object.
            inside: must exist at the same moment (the namespace of the object).
            dry_run: do everything but keep it.

        Raises:
            KeyTaken: there is one at ``key``.
            KeyMissing: ``inside`` does not exist.
        """

    def update(
        self, key: Key, value: Object, preconditions: Preconditions = NO_PRECONDITIONS, *, dry_run: bool = False
    ) -> Object:
        """Replace an object and return it with its version, a new one only when something changed.

        Raises:
            KeyMissing: there is none.
            PreconditionFailed: the stored one is another than the caller thinks.
        """

    def delete(
        self,
        key: Key,
        preconditions: Preconditions = NO_PRECONDITIONS,
        *,
        contents: str = "",
        dry_run: bool = False,
    ) -> Object:
        """Remove an object and return what was stored.

        Args:
            key: which.
            preconditions: what must be true of it.
            contents: a namespace whose objects are removed with it.
            dry_run: do everything but keep it.

        Raises:
            KeyMissing: there is none.
            PreconditionFailed: the stored one is another than the caller thinks.
        """

    def ready(self) -> bool:
        """Tell whether the store answers."""

    def close(self) -> None:
        """Release what the store holds."""
