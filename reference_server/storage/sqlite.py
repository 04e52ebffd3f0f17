"""Objects in one SQLite file: what was answered as stored is still there after ``kill -9`` or a power cut."""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from reference_server.storage.interface import (
    NO_PRECONDITIONS,
    Key,
    KeyMissing,
    KeyTaken,
    Listing,
    Object,
    PreconditionFailed,
    Preconditions,
)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    resource  TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    version   INTEGER NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (resource, namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counter (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    value INTEGER NOT NULL
);
INSERT OR IGNORE INTO counter VALUES (1, 1);
"""
_BUSY_SECONDS = 10.0
_LAST_NAME = chr(0x10FFFF)


class SQLiteStorage:
    """A ``Storage`` in one file; several processes may share it.

    Args:
        path: the file; it is created when missing. ``:memory:`` is refused: each connection would be its own store.
    """

    def __init__(self, path: str) -> None:
        if path == ":memory:" or not path:
            raise ValueError(f"storage path {path!r} is not a file; give a path such as ./objects.sqlite")
        self._path = path
        self._closed = threading.Event()
        self._begin()
        with self._connection() as connection:
            connection.executescript(_SCHEMA)
        _storages.add(self)

    def _begin(self) -> None:
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        # SQLite has one writer at a time. Waiting here is fair and cheap; waiting inside SQLite is polling.
        self._writing = threading.Lock()

    def get(self, key: Key) -> Object:
        """Return the object at ``key``."""
        with self._connection() as connection:
            return _decode(*_row(connection, key))

    def list(
        self,
        resource: str,
        namespace: str = "",
        *,
        matches: Callable[[Object], bool] | None = None,
        limit: int = 0,
        after: Key | None = None,
    ) -> Listing:
        """Return objects in the order of their keys, all as of one moment."""
        with self._reading() as connection:
            version = str(_counter(connection))
            found: list[Object] = []
            last: Key | None = None
            for space, name, row_version, value in _rows(connection, resource, namespace, after):
                item = _decode(row_version, value)
                if matches is not None and not matches(item):
                    continue
                if limit and len(found) == limit:
                    return Listing(found, version, last)
                found.append(item)
                last = Key(resource, space, name)
            return Listing(found, version)

    def create(self, key: Key, value: Object, *, inside: Key | None = None, dry_run: bool = False) -> Object:
        """Store a new object and return it with its version."""
        with self._changing(dry_run) as connection:
            if inside is not None:
                _row(connection, inside)
            version = _next_version(connection)
            try:
                connection.execute("INSERT INTO objects VALUES (?, ?, ?, ?, ?)", (*key, version, _encode(value)))
            except sqlite3.IntegrityError:
                raise KeyTaken(key) from None
            return _with_version(value, version)

    def update(
        self, key: Key, value: Object, preconditions: Preconditions = NO_PRECONDITIONS, *, dry_run: bool = False
    ) -> Object:
        """Replace an object and return it with its new version; nothing changes when it is the same already."""
        with self._changing(dry_run) as connection:
            stored_version, stored_text = _row(connection, key)
            _check(key, _decode(stored_version, stored_text), preconditions)
            text = _encode(value)
            if text == stored_text or dry_run:
                return _with_version(value, stored_version)
            version = _next_version(connection)
            connection.execute(
                "UPDATE objects SET version = ?, value = ? WHERE resource = ? AND namespace = ? AND name = ?",
                (version, text, *key),
            )
            return _with_version(value, version)

    def delete(
        self,
        key: Key,
        preconditions: Preconditions = NO_PRECONDITIONS,
        *,
        contents: str = "",
        dry_run: bool = False,
    ) -> Object:
        """Remove an object, and with it everything in the namespace ``contents``; return what was stored."""
        with self._changing(dry_run) as connection:
            stored = _decode(*_row(connection, key))
            _check(key, stored, preconditions)
            _next_version(connection)
            connection.execute("DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?", key)
            if contents:
                connection.execute("DELETE FROM objects WHERE namespace = ?", (contents,))
            return stored

    def ready(self) -> bool:
        """Tell whether the file can be read."""
        try:
            with self._connection() as connection:
                return _counter(connection) > 0
        except (sqlite3.Error, ValueError):
            return False

    def close(self) -> None:
        """Close every connection; calls that are running keep theirs until they end."""
        self._closed.set()
        self._close_idle()

    def _close_idle(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    # Connections

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL syncs the log on every commit: an acknowledged change survives the machine, not only the process.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._closed.is_set():
            raise ValueError(f"the storage {self._path} is closed")
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self._connect()
        try:
            yield connection
        finally:
            if self._closed.is_set():
                connection.close()
            else:
                self._idle.put(connection)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def _changing(self, dry_run: bool) -> Iterator[sqlite3.Connection]:
        with self._connection() as connection, self._writing:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("ROLLBACK" if dry_run else "COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


_storages: weakref.WeakSet[SQLiteStorage] = weakref.WeakSet()


def _close_idle_before_fork() -> None:
    """Carry no connection into a forked child: what SQLite remembers of its locks would be wrong there.

    See https://www.sqlite.org/howtocorrupt.html, "Carrying an open database file across a fork()".
    """
    for storage in list(_storages):
        storage._close_idle()


def _begin_again_in_child() -> None:
    for storage in list(_storages):
        storage._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_idle_before_fork, after_in_child=_begin_again_in_child)


def _row(connection: sqlite3.Connection, key: Key) -> tuple[int, str]:
    row: tuple[int, str] | None = connection.execute(
        "SELECT version, value FROM objects WHERE resource = ? AND namespace = ? AND name = ?", key
    ).fetchone()
    if row is None:
        raise KeyMissing(key)
    return row


def _rows(connection: sqlite3.Connection, resource: str, namespace: str, after: Key | None) -> sqlite3.Cursor:
    start = (after.namespace, after.name) if after is not None else (namespace, "")
    end = (namespace or _LAST_NAME, _LAST_NAME)
    return connection.execute(
        "SELECT namespace, name, version, value FROM objects WHERE resource = ? "
        "AND (namespace, name) > (?, ?) AND (namespace, name) < (?, ?) ORDER BY namespace, name",
        (resource, *start, *end),
    )


def _counter(connection: sqlite3.Connection) -> int:
    value: int = connection.execute("SELECT value FROM counter").fetchone()[0]
    return value


def _next_version(connection: sqlite3.Connection) -> int:
    connection.execute("UPDATE counter SET value = value + 1")
    return _counter(connection)


def _check(key: Key, stored: Object, preconditions: Preconditions) -> None:
    metadata = stored["metadata"]
    for field, wanted, found in (
        ("UID", preconditions.uid, metadata.get("uid")),
        ("ResourceVersion", preconditions.resource_version, metadata["resourceVersion"]),
    ):
        if wanted is not None and wanted != found:
            raise PreconditionFailed(key, field, wanted, str(found))


def _encode(value: Object) -> str:
    metadata = {name: item for name, item in value["metadata"].items() if name != "resourceVersion"}
    return json.dumps({**value, "metadata": metadata}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _decode(version: int, text: str) -> Object:
    value: Object = json.loads(text)
    value["metadata"]["resourceVersion"] = str(version)
    return value


def _with_version(value: Object, version: int) -> Object:
    return {**value, "metadata": {**value["metadata"], "resourceVersion": str(version)}}
