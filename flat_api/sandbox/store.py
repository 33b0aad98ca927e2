"""The state of the sandbox: JSON documents, their data and their links in SQLite."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import RLock
from typing import Any, TypeAlias

from flat_api.sandbox.clock import present

Document: TypeAlias = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT, body TEXT NOT NULL, data BLOB,
    UNIQUE (kind, id)
);
CREATE INDEX IF NOT EXISTS document_parent ON document (kind, parent);
CREATE TABLE IF NOT EXISTS link (
    source TEXT NOT NULL, target TEXT NOT NULL,
    PRIMARY KEY (source, target)
);
CREATE INDEX IF NOT EXISTS link_target ON link (target);
"""
_VERSION = 1


_ids: ContextVar[Random | None] = ContextVar("flat_sandbox_ids", default=None)


def new_id() -> str:
    """An identifier in the form of the API: 24 hexadecimal digits, the first 8 of them the time."""
    source = _ids.get()
    if source is not None:
        return f"{source.getrandbits(96):024x}"
    return f"{int(present().timestamp()):08x}{secrets.token_hex(8)}"


@contextmanager
def repeatable_ids(seed: str) -> Iterator[None]:
    """Makes `new_id` give the same identifiers for the same seed, in this thread."""
    token = _ids.set(Random(seed))
    try:
        yield
    finally:
        _ids.reset(token)


def now(**shift: float) -> str:
    """The present as an ISO 8601 UTC date with milliseconds, or moved by a `shift` such as days=30."""
    return date_text(present() + timedelta(**shift))


def date_text(date: datetime) -> str:
    """A UTC date in the form of the API."""
    return date.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Where:
    """A condition on documents in SQL, over the columns of the table `document`, with its values."""

    sql: str = "1"
    values: tuple[Any, ...] = ()

    def __and__(self, other: Where) -> Where:
        return Where(f"({self.sql}) AND ({other.sql})", (*self.values, *other.values))


def having(**fields: Any) -> Where:
    """The documents whose fields have these values."""
    conditions = " AND ".join(f"json_extract(body, '$.{name}') = ?" for name in fields)
    return Where(conditions, tuple(fields.values()))


@dataclass(frozen=True)
class Position:
    """Where a document stands in a sorted list: its sort key, and its number of creation for ties."""

    key: str
    seq: int


def without(document: Document, names: Collection[str]) -> Document:
    """A document without some of its fields."""
    return {name: value for name, value in document.items() if name not in names}


class Store:
    """Documents by kind and id.

    Parameters: `path` of the database file; None keeps the state in memory.
    A write is in the file (WAL) before it returns: killing the process loses nothing.
    Raises ValueError when the file was written by another version of the store.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        # One connection for all threads: a shared in-memory database ignores the busy timeout.
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False, timeout=10
        )
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: str | Path | None) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise ValueError(f"{path} has data of version {version}, but this sandbox reads {_VERSION}.")
        self._connection.executescript(_SCHEMA)
        self._connection.execute(f"PRAGMA user_version = {_VERSION}")

    def close(self) -> None:
        """Closes the database."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: the writes inside become visible and durable together. Not nestable."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _run(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def insert(self, kind: str, document: Document, *, parent: str | None = None, data: bytes | None = None) -> None:
        """Adds a document; its `id` is the key. `data` are bytes that belong to it."""
        self._run(
            "INSERT INTO document (kind, id, parent, body, data) VALUES (?, ?, ?, ?, ?)",
            (kind, document["id"], parent, json.dumps(document), data),
        )

    def update(self, kind: str, document: Document) -> None:
        """Replaces a document by the one with the same `id`."""
        self._run(
            "UPDATE document SET body = ? WHERE kind = ? AND id = ?",
            (json.dumps(document), kind, document["id"]),
        )

    def delete(self, kind: str, identifier: str) -> None:
        """Removes a document with its links."""
        self._run("DELETE FROM document WHERE kind = ? AND id = ?", (kind, identifier))
        self._run("DELETE FROM link WHERE source = ? OR target = ?", (identifier, identifier))

    def get(self, kind: str, identifier: str) -> Document | None:
        """The document with this id, or None."""
        rows = self._run("SELECT body FROM document WHERE kind = ? AND id = ?", (kind, identifier))
        return json.loads(rows[0][0]) if rows else None

    def data(self, kind: str, identifier: str) -> bytes:
        """The bytes stored with a document; empty when there are none."""
        rows = self._run("SELECT data FROM document WHERE kind = ? AND id = ?", (kind, identifier))
        return (rows[0][0] or b"") if rows else b""

    def children(self, kind: str, parent: str) -> list[Document]:
        """The documents of a kind that belong to `parent`, in the order of their creation."""
        rows = self._run("SELECT body FROM document WHERE kind = ? AND parent = ? ORDER BY seq", (kind, parent))
        return [json.loads(body) for (body,) in rows]

    def last_child(self, kind: str, parent: str) -> Document | None:
        """The youngest of the documents of a kind that belong to `parent`."""
        rows = self._run(
            "SELECT body FROM document WHERE kind = ? AND parent = ? ORDER BY seq DESC LIMIT 1",
            (kind, parent),
        )
        return json.loads(rows[0][0]) if rows else None

    def count(self, kind: str, where: Where) -> int:
        """How many documents of a kind meet the condition."""
        found: int = self._run(
            f"SELECT count(*) FROM document WHERE kind = ? AND ({where.sql})", (kind, *where.values)
        )[0][0]
        return found

    def sorted(
        self,
        kind: str,
        where: Where,
        *,
        sort: str,
        descending: bool,
        limit: int | None = None,
        after: Position | None = None,
    ) -> list[tuple[Position, Document]]:
        """The documents of a kind that meet the condition, sorted by the text of their field `sort`.

        `after` leaves out everything up to and including a position.
        """
        key = "coalesce(json_extract(body, '$.' || ?), '') COLLATE NOCASE"
        order = "DESC" if descending else "ASC"
        values: list[Any] = [sort, kind, *where.values]
        sql = f"SELECT {key} AS key, seq, body FROM document WHERE kind = ? AND ({where.sql})"
        if after is not None:
            sql += f" AND ({key}, seq) {'<' if descending else '>'} (?, ?)"
            values += [sort, after.key, after.seq]
        sql += f" ORDER BY key COLLATE NOCASE {order}, seq {order} LIMIT ?"
        values.append(-1 if limit is None else limit)
        return [(Position(key, seq), json.loads(body)) for key, seq, body in self._run(sql, values)]

    def link(self, source: str, target: str) -> None:
        """Links two documents; a second time changes nothing."""
        self._run("INSERT OR IGNORE INTO link VALUES (?, ?)", (source, target))

    def unlink(self, source: str, target: str) -> bool:
        """Removes a link; False when there was none."""
        with self._lock:
            return (
                self._connection.execute("DELETE FROM link WHERE source = ? AND target = ?", (source, target)).rowcount
                > 0
            )

    def sources(self, target: str) -> list[str]:
        """The ids of the documents that are linked to `target`."""
        return [source for (source,) in self._run("SELECT source FROM link WHERE target = ?", (target,))]

    def clear(self) -> None:
        """Removes everything."""
        with self.transaction():
            self._run("DELETE FROM document")
            self._run("DELETE FROM link")

    def copy(self) -> bytes:
        """The whole state as it is now, as a database file."""
        with closing(sqlite3.connect(":memory:")) as copy:
            with self._lock:
                self._connection.backup(copy)
            data = copy.serialize()
        # Bytes 18 and 19 say whether a log (WAL) belongs to the file. To none of the copies, in memory or not.
        return data[:18] + b"\x01\x01" + data[20:]

    def replace(self, copy: bytes) -> None:
        """Puts the state of a copy in place of the present one."""
        with closing(sqlite3.connect(":memory:")) as source:
            source.deserialize(copy)
            with self._lock:
                source.backup(self._connection)
