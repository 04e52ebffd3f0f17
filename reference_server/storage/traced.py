"""The spans around any store: one per call, with the key it is about."""

from __future__ import annotations

from collections.abc import Callable

import tracing_facade as tracing
from reference_server import spans
from reference_server.storage.interface import (
    NO_PRECONDITIONS,
    Key,
    Listing,
    Object,
    Preconditions,
    Storage,
)


class TracedStorage:
    """A ``Storage`` that passes every call to another one, inside a span; an error ends the span with error status."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def get(self, key: Key) -> Object:
        """Read one object."""
        with tracing.start_span(spans.STORAGE_GET) as span:
            span.set_attribute(spans.STORAGE_KEY.key, str(key))
            return self._storage.get(key)

    def list(
        self,
        resource: str,
        namespace: str = "",
        *,
        matches: Callable[[Object], bool] | None = None,
        limit: int = 0,
        after: Key | None = None,
    ) -> Listing:
        """Read many objects."""
        with tracing.start_span(spans.STORAGE_LIST) as span:
            span.set_attribute(spans.STORAGE_KEY.key, str(Key(resource, namespace, "")))
            found = self._storage.list(resource, namespace, matches=matches, limit=limit, after=after)
            span.set_attribute(spans.STORAGE_ITEMS.key, len(found.items))
            return found

    def create(self, key: Key, value: Object, *, inside: Key | None = None, dry_run: bool = False) -> Object:
        """Write a new object."""
        with tracing.start_span(spans.STORAGE_CREATE) as span:
            _describe(span, key, dry_run)
            return self._storage.create(key, value, inside=inside, dry_run=dry_run)

    def update(
        self, key: Key, value: Object, preconditions: Preconditions = NO_PRECONDITIONS, *, dry_run: bool = False
    ) -> Object:
        """Replace an object."""
        with tracing.start_span(spans.STORAGE_UPDATE) as span:
            _describe(span, key, dry_run)
            return self._storage.update(key, value, preconditions, dry_run=dry_run)

    def delete(
        self,
        key: Key,
        preconditions: Preconditions = NO_PRECONDITIONS,
        *,
        contents: str = "",
        dry_run: bool = False,
    ) -> Object:
        """Remove an object."""
        with tracing.start_span(spans.STORAGE_DELETE) as span:
            _describe(span, key, dry_run)
            return self._storage.delete(key, preconditions, contents=contents, dry_run=dry_run)

    def ready(self) -> bool:
        """Tell whether the store answers; probes are not traced."""
        return self._storage.ready()

    def close(self) -> None:
        """Release what the store holds."""
        self._storage.close()


def _describe(span: tracing.Span, key: Key, dry_run: bool) -> None:
    span.set_attribute(spans.STORAGE_KEY.key, str(key))
    if dry_run:
        span.set_attribute(spans.STORAGE_DRY_RUN.key, True)
