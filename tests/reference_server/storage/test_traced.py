"""The spans around a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reference_server.storage.interface import Key, KeyMissing
from reference_server.storage.sqlite import SQLiteStorage
from reference_server.storage.traced import TracedStorage
from tracing_facade.testing import capture_spans

KEY = Key("configmaps", "n", "a")
VALUE: dict[str, Any] = {"metadata": {"name": "a"}}


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[TracedStorage]:
    """Give an empty store with spans around it."""
    opened = TracedStorage(SQLiteStorage(str(tmp_path / "objects.sqlite")))
    yield opened
    opened.close()


def test_every_call_is_one_span_with_its_key(storage: TracedStorage) -> None:
    """Names and attributes are those that spans.py declares."""
    with capture_spans() as spans:
        storage.create(KEY, VALUE)
        storage.get(KEY)
        storage.update(KEY, VALUE, dry_run=True)
        storage.list("configmaps", "n")
        storage.delete(KEY)
    assert [(span.name, dict(span.attributes or {})) for span in spans] == [
        ("storage.create", {"storage.key": "configmaps/n/a"}),
        ("storage.get", {"storage.key": "configmaps/n/a"}),
        ("storage.update", {"storage.key": "configmaps/n/a", "storage.dry_run": True}),
        ("storage.list", {"storage.key": "configmaps/n", "storage.items": 1}),
        ("storage.delete", {"storage.key": "configmaps/n/a"}),
    ]


def test_a_refusal_is_an_error_of_the_span(storage: TracedStorage) -> None:
    """The exception is recorded, the status is error, and the caller still gets the exception."""
    with capture_spans() as spans, pytest.raises(KeyMissing):
        storage.get(KEY)
    (span,) = spans
    assert span.status_code == 2
    assert [name for name, _, _ in span.events or ()] == ["exception"]


def test_probes_are_not_traced(storage: TracedStorage) -> None:
    """They come every few seconds and say nothing about requests."""
    with capture_spans() as spans:
        assert storage.ready()
    assert spans == []
