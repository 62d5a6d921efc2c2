"""The spool's transactions, and the numbers and names that hold across them."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from llm_session_manager.spool.faults import named

RESERVED_AHEAD = 1000


class Ledger:
    """One connection, one transaction at a time; what it counts is written with it."""

    def __init__(self, connection: sqlite3.Connection, now: int) -> None:
        self.db = connection
        self.counted: Counter[str] = Counter()
        self._lock = threading.RLock()
        with self.transaction():
            self.epoch = int(self.get("epoch") or now)
            self._n = self._reserved = int(self.get("reserved") or 0)
            self.set("epoch", str(self.epoch))

    @property
    def reserved(self) -> int:
        """No number beyond this was ever taken."""
        return self._reserved

    def close(self) -> None:
        with self._lock:
            self.db.close()

    def take(self) -> int:
        """A number that was never taken before; only within a transaction.

        Numbers are reserved ahead on disk, so that none is used twice after a crash.
        """
        if self._n >= self._reserved:
            self._reserved = self._n + RESERVED_AHEAD
            self.set("reserved", str(self._reserved))
        self._n += 1
        return self._n

    def begin_epoch(self, epoch: int) -> None:
        """Numbers go on counting within another epoch."""
        self.set("epoch", str(epoch))
        self.epoch = epoch

    def get(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2, crc(?1, ?2))", (name, value))

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises SpoolUnavailableError or SpoolBrokenError for SQLite's errors."""
        with self._lock:
            try:
                self.db.execute("BEGIN IMMEDIATE")
                try:
                    self.counted.clear()
                    yield self.db
                    self._write_counters()
                    self.db.execute("COMMIT")
                except BaseException:
                    if self.db.in_transaction:
                        self.db.execute("ROLLBACK")
                    self._read_back()
                    raise
            except sqlite3.Error as error:
                raise named(error) from error

    def _write_counters(self) -> None:
        self.db.executemany(
            "INSERT INTO counters VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = value + ?2",
            list(self.counted.items()),
        )

    def _read_back(self) -> None:
        self._reserved = int(self.get("reserved") or 0)
        self.epoch = int(self.get("epoch") or self.epoch)
