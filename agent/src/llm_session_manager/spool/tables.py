"""The spool's file: its tables, how it is opened, and what happens when it is broken."""

import logging
import sqlite3
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from llm_session_manager.spool.faults import SpoolBrokenError, named

log = logging.getLogger(__name__)

FORMAT = 2


@dataclass(frozen=True, slots=True)
class SpoolState:
    """A spool in figures; `counters` count rows, a session's facts or one event each.

    read = spooled + skipped, and spooled = confirmed + superseded + rejected + thinned + waiting.
    """

    epoch: int
    waiting: int
    oldest: float | None
    counters: Mapping[str, int]


# Every row carries a checksum: SQLite notices a damaged page, but not a damaged text within one.
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE sessions (
    key TEXT PRIMARY KEY, n INTEGER NOT NULL, digest TEXT NOT NULL, pending INTEGER NOT NULL,
    header BLOB, at INTEGER NOT NULL, crc INTEGER NOT NULL
);
CREATE INDEX sessions_waiting ON sessions (n) WHERE header IS NOT NULL;
CREATE TABLE events (
    key TEXT NOT NULL, id TEXT NOT NULL, n INTEGER NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL,
    crc INTEGER NOT NULL, PRIMARY KEY (key, id)
);
CREATE INDEX events_of_session ON events (key, n);
CREATE INDEX events_by_age ON events (n);
CREATE TABLE files (
    path TEXT PRIMARY KEY, inode TEXT NOT NULL, head TEXT NOT NULL, offset INTEGER NOT NULL,
    crc INTEGER NOT NULL
);
"""
_COMMANDS = """
CREATE TABLE commands (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, answer BLOB, told INTEGER NOT NULL, crc INTEGER NOT NULL
);
"""
_STEPS = {0: _TABLES + _COMMANDS, 1: _COMMANDS}

_CHECKS = (
    "SELECT name FROM meta WHERE crc IS NOT crc(name, value) LIMIT 1",
    "SELECT key FROM sessions WHERE crc IS NOT crc(key, n, digest, pending, header, at) LIMIT 1",
    "SELECT key FROM events WHERE crc IS NOT crc(key, id, n, body, at) LIMIT 1",
    "SELECT path FROM files WHERE crc IS NOT crc(path, inode, head, offset) LIMIT 1",
    "SELECT id FROM commands WHERE crc IS NOT crc(id, at, answer, told) LIMIT 1",
)


def open_file(path: Path) -> sqlite3.Connection:
    """Open the spool's file, or make it; a broken one is set aside first.

    Raises SpoolUnavailableError when the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _connect(path)
    except SpoolBrokenError as error:
        set_aside(path, str(error))
    return _connect(path)


def open_unnamed() -> sqlite3.Connection:
    """A spool that is gone when it is closed; it is in memory as long as it is small."""
    return _connect("")


def open_memory() -> sqlite3.Connection:
    """A spool that is gone when it is closed."""
    return _connect(":memory:")


def read_state(path: Path) -> SpoolState | str:
    """The state of a spool that another process may be using, or what is wrong with it; changes nothing."""
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            return read_figures(connection) if found == "ok" else f"damaged ({found})"
        finally:
            connection.close()
    except sqlite3.Error as error:
        return str(error)


def read_figures(connection: sqlite3.Connection) -> SpoolState:
    """The figures of an open spool."""
    waiting, oldest = connection.execute(
        "SELECT count(*), min(at)"
        " FROM (SELECT at FROM events UNION ALL SELECT at FROM sessions WHERE pending)"
    ).fetchone()
    epoch = connection.execute("SELECT value FROM meta WHERE name='epoch'").fetchone()
    counters = dict(connection.execute("SELECT name, value FROM counters"))
    return SpoolState(int(epoch[0]) if epoch else 0, waiting, oldest, counters)


def set_aside(path: Path, reason: str) -> Path:
    """Move a broken spool out of the way, its journal with it; gives its new place."""
    place = path.with_name(f"spool.corrupt-{time.strftime('%Y%m%dT%H%M%S')}-{time.monotonic_ns()}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(place.with_name(place.name + suffix))
    log.warning(
        "The spool was damaged (%s). It is kept as %s; everything is read and sent anew.", reason, place
    )
    return place


def _connect(path: Path | str) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            _prepare(connection)
            if isinstance(path, Path):
                path.chmod(0o600)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise named(error) from error
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.create_function("crc", -1, _checksum, deterministic=True)
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA journal_size_limit=16777216")
    # Unlike quick_check it also compares the indexes with their tables.
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise SpoolBrokenError(found)
    known = connection.execute("PRAGMA user_version").fetchone()[0]
    if known in _STEPS:
        connection.executescript(f"BEGIN; {_STEPS[known]} PRAGMA user_version={FORMAT}; COMMIT;")
    elif known != FORMAT:
        raise SpoolBrokenError(f"format {known}, this program writes {FORMAT}")
    for check in _CHECKS:
        if connection.execute(check).fetchone():
            raise SpoolBrokenError("a row does not match its checksum")


def _checksum(*parts: object) -> int:
    return zlib.crc32(repr(parts).encode("utf-8", "surrogatepass"))
