"""The SQLite store: versions, preconditions, namespaces, many threads, and what is left after ``kill -9``."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from reference_server.storage.interface import (
    Key,
    KeyMissing,
    KeyTaken,
    PreconditionFailed,
    Preconditions,
)
from reference_server.storage.sqlite import SQLiteStorage

KEY = Key("configmaps", "n", "a")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[SQLiteStorage]:
    """Give an empty store."""
    opened = SQLiteStorage(str(tmp_path / "objects.sqlite"))
    yield opened
    opened.close()


def _value(name: str = "a", **fields: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": f"uid-{name}"}, **fields}


def _version(value: dict[str, Any]) -> int:
    return int(value["metadata"]["resourceVersion"])


def _names(storage: SQLiteStorage, resource: str = "configmaps", namespace: str = "", **options: Any) -> list[str]:
    return [item["metadata"]["name"] for item in storage.list(resource, namespace, **options).items]


def test_what_was_created_can_be_read(storage: SQLiteStorage) -> None:
    """With its version; the caller's own object is not changed."""
    value = _value(data={"k": "ä\u2028"})
    created = storage.create(KEY, value)
    assert storage.get(KEY) == created == {**value, "metadata": {**value["metadata"], "resourceVersion": "2"}}
    assert "resourceVersion" not in value["metadata"]


def test_a_key_is_taken_once(storage: SQLiteStorage) -> None:
    """The same name in another namespace or resource is another key."""
    storage.create(KEY, _value())
    with pytest.raises(KeyTaken, match="configmaps/n/a"):
        storage.create(KEY, _value())
    storage.create(KEY._replace(namespace="m"), _value())
    storage.create(KEY._replace(resource="nodes", namespace=""), _value())


def test_what_is_missing_is_told(storage: SQLiteStorage) -> None:
    """By every method that needs it."""
    calls: list[Callable[[], Any]] = [
        lambda: storage.get(KEY),
        lambda: storage.update(KEY, _value()),
        lambda: storage.delete(KEY),
        lambda: storage.create(KEY, _value(), inside=Key("namespaces", "", "n")),
    ]
    for call in calls:
        with pytest.raises(KeyMissing):
            call()
    assert _names(storage) == []


def test_every_change_has_a_version_of_its_own(storage: SQLiteStorage) -> None:
    """The counter is one for all objects and only grows, deletions included."""
    first = _version(storage.create(KEY, _value()))
    other = _version(storage.create(Key("nodes", "", "x"), _value("x")))
    changed = _version(storage.update(KEY, _value(data={"k": "v"})))
    storage.delete(KEY)
    again = _version(storage.create(KEY, _value()))
    assert first < other < changed < again - 1


def test_an_update_that_changes_nothing_keeps_the_version(storage: SQLiteStorage) -> None:
    """Whoever waits for changes is not woken."""
    created = storage.create(KEY, _value(data={"a": "1", "b": "2"}))
    assert storage.update(KEY, _value(data={"b": "2", "a": "1"})) == created


@pytest.mark.parametrize(
    ("wanted", "field"),
    [(Preconditions(resource_version="1"), "ResourceVersion"), (Preconditions(uid="other"), "UID")],
    ids=["version", "uid"],
)
def test_preconditions(storage: SQLiteStorage, wanted: Preconditions, field: str) -> None:
    """A change that was meant for another state or another object does not happen."""
    created = storage.create(KEY, _value())
    changes: list[Callable[[], Any]] = [
        lambda: storage.update(KEY, _value(data={}), wanted),
        lambda: storage.delete(KEY, wanted),
    ]
    for change in changes:
        with pytest.raises(PreconditionFailed, match=field):
            change()
    assert storage.get(KEY) == created
    right = Preconditions(created["metadata"]["resourceVersion"], "uid-a")
    storage.update(KEY, _value(data={}), right)


def test_a_dry_run_changes_nothing(storage: SQLiteStorage) -> None:
    """It answers like the real change, and checks the same."""
    stored = storage.create(KEY, _value())
    before = storage.list("configmaps").resource_version
    assert storage.create(Key("configmaps", "n", "b"), _value("b"), dry_run=True)["metadata"]["name"] == "b"
    assert storage.update(KEY, _value(data={"k": "v"}), dry_run=True)["data"] == {"k": "v"}
    storage.delete(KEY, dry_run=True)
    with pytest.raises(KeyTaken):
        storage.create(KEY, _value(), dry_run=True)
    with pytest.raises(KeyMissing):
        storage.delete(Key("configmaps", "n", "b"), dry_run=True)
    assert storage.get(KEY) == stored
    assert storage.list("configmaps").resource_version == before


def test_objects_are_created_only_inside_of_what_exists(storage: SQLiteStorage) -> None:
    """The namespace is checked in the same transaction."""
    namespace = Key("namespaces", "", "n")
    storage.create(namespace, _value("n"))
    storage.create(KEY, _value(), inside=namespace)
    assert _names(storage) == ["a"]


def test_a_namespace_goes_with_everything_in_it(storage: SQLiteStorage) -> None:
    """And with nothing else."""
    storage.create(Key("namespaces", "", "n"), _value("n"))
    for namespace in ("n", "m"):
        storage.create(Key("configmaps", namespace, "a"), _value())
    storage.create(Key("nodes", "", "x"), _value("x"))
    storage.delete(Key("namespaces", "", "n"), contents="n")
    assert (_names(storage, namespace="n"), _names(storage, namespace="m")) == ([], ["a"])
    assert (_names(storage, "nodes"), _names(storage, "namespaces")) == (["x"], [])


def _fill(storage: SQLiteStorage) -> None:
    for namespace, name in (("m", "b"), ("n", "a"), ("m", "a"), ("n", "c")):
        storage.create(Key("configmaps", namespace, name), _value(f"{namespace}-{name}"))
    storage.create(Key("nodes", "", "z"), _value("z"))


def test_lists_are_in_the_order_of_keys(storage: SQLiteStorage) -> None:
    """Of one namespace, or of all."""
    _fill(storage)
    assert _names(storage) == ["m-a", "m-b", "n-a", "n-c"]
    assert _names(storage, namespace="n") == ["n-a", "n-c"]
    assert _names(storage, namespace="absent") == []
    assert _names(storage, "nodes") == ["z"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_pages_add_up_to_the_list(storage: SQLiteStorage, limit: int) -> None:
    """Whatever the size of a page, nothing is missed or repeated, and the last page says it is."""
    _fill(storage)
    found: list[str] = []
    after: Key | None = None
    while True:
        page = storage.list("configmaps", limit=limit, after=after)
        assert len(page.items) <= limit
        found += [item["metadata"]["name"] for item in page.items]
        after = page.next_key
        if after is None:
            break
    assert found == ["m-a", "m-b", "n-a", "n-c"]


def test_limits_count_what_matches(storage: SQLiteStorage) -> None:
    """A page is not short because of objects that were not wanted."""
    _fill(storage)
    page = storage.list("configmaps", limit=1, matches=lambda item: "a" in item["metadata"]["name"])
    assert [item["metadata"]["name"] for item in page.items] == ["m-a"]
    assert page.next_key == Key("configmaps", "m", "a")


def test_a_list_is_of_one_moment(storage: SQLiteStorage) -> None:
    """What is changed while it is read is in it or not, but the version tells which."""
    _fill(storage)

    def change(item: dict[str, Any]) -> bool:
        if item["metadata"]["name"] == "m-a":
            storage.delete(Key("configmaps", "n", "c"))
        return True

    listing = storage.list("configmaps", matches=change)
    assert [item["metadata"]["name"] for item in listing.items][-1] == "n-c"
    assert int(listing.resource_version) < int(storage.list("configmaps").resource_version)


def test_many_threads_lose_no_change(storage: SQLiteStorage) -> None:
    """Each adds one as often as it takes; optimistic concurrency lets no addition overwrite another."""
    storage.create(KEY, _value(count=0))

    def add(_: int) -> int:
        conflicts = 0
        while True:
            old = storage.get(KEY)
            try:
                wanted = Preconditions(resource_version=old["metadata"]["resourceVersion"])
                storage.update(KEY, _value(count=old["count"] + 1), wanted)
                return conflicts
            except PreconditionFailed:
                conflicts += 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add, range(160)))
    assert storage.get(KEY)["count"] == 160


def test_of_many_threads_one_creates(storage: SQLiteStorage) -> None:
    """The others are told that the key is taken, and versions are not handed out twice."""
    barrier = threading.Barrier(12)

    def create(number: int) -> int | None:
        barrier.wait()
        try:
            storage.create(KEY, _value(by=number))
        except KeyTaken:
            return None
        return number

    with ThreadPoolExecutor(12) as pool:
        winners = [number for number in pool.map(create, range(12)) if number is not None]
    assert [storage.get(KEY)["by"]] == winners
    with ThreadPoolExecutor(12) as pool:
        keys = [Key("nodes", "", f"x{number}") for number in range(60)]
        versions = list(pool.map(lambda key: _version(storage.create(key, _value(key.name))), keys))
    assert len(set(versions)) == 60


def test_two_stores_may_share_a_file(tmp_path: Path) -> None:
    """As two servers on one machine would."""
    path = str(tmp_path / "objects.sqlite")
    one, other = SQLiteStorage(path), SQLiteStorage(path)
    one.create(KEY, _value())
    other.update(KEY, _value(data={"k": "v"}))
    assert one.get(KEY)["data"] == {"k": "v"}
    one.close()
    other.close()


_WRITER = """
import sys
from reference_server.storage.interface import Key
from reference_server.storage.sqlite import SQLiteStorage
storage = SQLiteStorage(sys.argv[1])
number = 0
while True:
    name = f"x{number}"
    stored = storage.create(Key("nodes", "", name), {"metadata": {"name": name}, "filler": "x" * 2000})
    print(name, stored["metadata"]["resourceVersion"], flush=True)
    number += 1
"""


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    """A process that is killed in the midst of writing leaves a store with all that it had acknowledged."""
    path = str(tmp_path / "objects.sqlite")
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, path], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    acknowledged = [writer.stdout.readline().split() for _ in range(40)]
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += [line.split() for line in writer.communicate()[0].splitlines()]
    storage = SQLiteStorage(path)
    for name, version in filter(lambda words: len(words) == 2, acknowledged):
        assert storage.get(Key("nodes", "", name))["metadata"]["resourceVersion"] == version
    highest = max(_version(item) for item in storage.list("nodes").items)
    assert _version(storage.create(KEY, _value())) > highest
    storage.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def _is_open(path: Path) -> bool:
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    return any(os.path.realpath(link) == str(path) for link in links)


def test_no_connection_is_carried_across_a_fork(storage: SQLiteStorage, tmp_path: Path) -> None:
    """SQLite would be wrong about its locks in the child, as in a worker of a preloaded server."""
    path = tmp_path / "objects.sqlite"
    storage.create(KEY, _value())
    assert _is_open(path)
    if (child := os.fork()) == 0:
        wrong = _is_open(path)
        storage.create(Key("configmaps", "n", "b"), _value("b"))
        os._exit(wrong)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert _names(storage) == ["a", "b"]


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_a_store_is_a_file(path: str) -> None:
    """A store in memory would be another one for every thread."""
    with pytest.raises(ValueError, match="not a file"):
        SQLiteStorage(path)


def test_a_closed_store_says_so(storage: SQLiteStorage) -> None:
    """It is not ready and answers nothing."""
    assert storage.ready()
    storage.close()
    assert not storage.ready()
    with pytest.raises(ValueError, match="closed"):
        storage.get(KEY)


def test_a_file_that_is_something_else_is_not_overwritten(tmp_path: Path) -> None:
    """Whatever it is, it stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("important " * 200)
    with pytest.raises(sqlite3.DatabaseError):
        SQLiteStorage(str(path))
    assert path.read_text() == "important " * 200


def test_values_are_stored_as_json(storage: SQLiteStorage, tmp_path: Path) -> None:
    """Other tools can read the file; the version is a column, not a second truth inside the value."""
    storage.create(KEY, _value())
    with sqlite3.connect(tmp_path / "objects.sqlite") as connection:
        (text,) = connection.execute("SELECT value FROM objects").fetchone()
    connection.close()
    assert json.loads(text) == _value()
