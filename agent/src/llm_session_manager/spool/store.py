"""The spool: newest facts per session, pending events, and how far each file was read."""

import hashlib
import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from llm_session_manager import protocol
from llm_session_manager.sources import Cursor
from llm_session_manager.spool import thinning
from llm_session_manager.spool.faults import named
from llm_session_manager.spool.outgoing import Outgoing, PendingEvent, chunks, report_bytes
from llm_session_manager.spool.tables import SpoolState, read_figures

RESERVED_AHEAD = 1000
EVENTS_AT_ONCE = 20 * protocol.EVENTS_PER_REPORT


@dataclass(frozen=True, slots=True)
class Entry:
    """What one session is now, and id and JSON of its new events; all redacted and within bounds."""

    facts: protocol.Session
    events: Sequence[tuple[str, bytes]] = ()


class Spool:
    """Holds what the server is not known to have; every method is one transaction, safe from any thread.

    Raises SpoolUnavailableError when a transaction could not be made, SpoolBrokenError when the file is damaged.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        max_bytes: int = 256 * 2**20,
        max_age: float = 30 * 86_400.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._db, self._now = connection, now
        self._lock = threading.RLock()
        self._counted: Counter[str] = Counter()
        self._room = thinning.Room(max_bytes, max_age)
        self._n = self._reserved = 0
        self._files: dict[str, Cursor] = {}
        with self._transaction():
            self.epoch = int(self._meta("epoch") or 0) or int(now())
            self._n = self._reserved = int(self._meta("reserved") or 0)
            self._set_meta("epoch", str(self.epoch))
            self._files = {
                path: Cursor(int(inode), head, offset)
                for path, inode, head, offset in self._db.execute(
                    "SELECT path, inode, head, offset FROM files"
                )
            }

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def cursors(self) -> dict[Path, Cursor]:
        """How far each file was read when its facts were written here."""
        with self._lock:
            return {Path(path): cursor for path, cursor in self._files.items()}

    def record(self, entries: Iterable[Entry], cursors: Mapping[Path, Cursor]) -> int:
        """Write facts, events and cursors together; gives how many rows wait because of it.

        Facts equal to those written last are skipped; others replace an unsent older state.
        """
        moved = {str(path): c for path, c in cursors.items() if self._files.get(str(path)) != c}
        with self._transaction():
            written = sum(self._record_one(entry) for entry in entries)
            for path, cursor in moved.items():
                row = (os.fsencode(path).decode("utf-8", "backslashreplace"), str(cursor.inode), cursor.head)
                self._db.execute(
                    "INSERT OR REPLACE INTO files VALUES (?1, ?2, ?3, ?4, crc(?1, ?2, ?3, ?4))",
                    (*row, cursor.offset),
                )
            self._counted["thinned"] += self._room.make(self._db, self._now())
        self._files.update(moved)
        return written

    def outgoing(
        self,
        tier: protocol.Tier,
        *,
        limit: int = 500,
        max_bytes: int = 4 * 2**20,
        without: Collection[str] = (),
    ) -> list[Outgoing]:
        """The next reports, the longest waiting first, but none of the sessions `without`.

        Each bears a number never used before. At least one is given when any waits, however large.
        """
        made: list[Outgoing] = []
        size = 0
        at = datetime.fromtimestamp(self._now(), UTC)
        with self._transaction():
            rows = self._db.execute(
                "SELECT key, n FROM sessions WHERE header IS NOT NULL ORDER BY n LIMIT ?",
                (limit + len(without),),
            ).fetchall()
            for key, header_n in rows:
                if key in without:
                    continue
                header = self._header_of(key)
                for part in chunks(header, self._events_of(key)):
                    n = self._take()
                    body = report_bytes(epoch=self.epoch, n=n, at=at, tier=tier, header=header, events=part)
                    size += len(body) + 1
                    if made and (size > max_bytes or len(made) >= limit):
                        return made
                    carried = tuple((event.id, event.n) for event in part)
                    made.append(Outgoing(key, self.epoch, n, header_n, carried, body))
        return made

    def settle(self, *, confirmed: Sequence[Outgoing] = (), rejected: Sequence[Outgoing] = ()) -> None:
        """Take out exactly what these reports carried; what was replaced meanwhile stays."""
        with self._transaction():
            for name, reports in (("confirmed", confirmed), ("rejected", rejected)):
                self._counted[name] += sum(self._settle_one(report) for report in reports)
            if confirmed:
                highest = max((report.epoch, report.n) for report in confirmed)
                self._set_meta("confirmed", "{} {}".format(*max(highest, self._confirmed())))
            self._db.execute("PRAGMA incremental_vacuum(256)").fetchall()

    def confirmed(self) -> protocol.Position | None:
        """The highest report that the server has confirmed."""
        with self._lock:
            epoch, n = self._confirmed()
        return protocol.Position(epoch=epoch, n=n) if epoch else None

    def position(self) -> protocol.Position:
        """No report beyond this was ever made by this spool."""
        with self._lock:
            return protocol.Position(epoch=self.epoch, n=self._reserved)

    def start_epoch(self, above: int) -> None:
        """Begin a new epoch, later than `above`, and forget what was confirmed."""
        with self._transaction():
            self.epoch = max(int(self._now()), above + 1, self.epoch + 1)
            self._set_meta("epoch", str(self.epoch))
            self._forget()

    def forget(self, known: str) -> bool:
        """Let go of what the server confirmed: every file is to be read and all of it sent anew.

        Does nothing, and says so, when it was already done for a server that knew exactly this (`known`): then
        the server does not count what it is sent, and sending all of it again would not help.
        """
        with self._transaction():
            if self._meta("forgot") == known:
                return False
            self._set_meta("forgot", known)
            self._forget()
        return True

    def use_tier(self, tier: protocol.Tier) -> bool:
        """Empty the spool when it was filled at another tier; tells whether it was."""
        return self._claim("tier", tier)

    def use_owner(self, owner: str) -> bool:
        """Empty the spool when it was filled for another owner; tells whether it was."""
        return self._claim("owner", owner)

    def waiting(self) -> int:
        """How many rows the server is not known to have."""
        with self._lock:
            return self._waiting()

    def state(self) -> SpoolState:
        with self._transaction():
            return read_figures(self._db)

    def _record_one(self, entry: Entry) -> int:
        key = f"{entry.facts.tool}:{entry.facts.native_id}"
        header = entry.facts.model_dump_json(exclude_defaults=True).encode()
        digest = hashlib.sha256(header).hexdigest()
        row = self._db.execute("SELECT digest, pending, n FROM sessions WHERE key=?", (key,)).fetchone()
        self._counted["read"] += 1 + len(entry.events)
        self._counted["spooled"] += len(entry.events)
        same = row is not None and row[0] == digest
        if same:
            self._counted["skipped"] += 1
        else:
            self._counted["spooled"] += 1
            self._counted["superseded"] += row[1] if row else 0
        if not same or entry.events:
            pending, n = (row[1], row[2]) if same else (1, self._take())
            self._write_header(key, n, digest, pending, header)
        for name, body in entry.events:
            self._write_event(key, name, body)
        return len(entry.events) + (not same)

    def _write_header(self, key: str, n: int, digest: str, pending: int, header: bytes) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, crc(?1, ?2, ?3, ?4, ?5, ?6))",
            (key, n, digest, pending, header, int(self._now())),
        )
        self._room.added(len(header))

    def _write_event(self, key: str, name: str, body: bytes) -> None:
        known = self._db.execute("SELECT 1 FROM events WHERE key=? AND id=?", (key, name)).fetchone()
        self._counted["superseded"] += 1 if known else 0
        self._db.execute(
            "INSERT OR REPLACE INTO events VALUES (?1, ?2, ?3, ?4, ?5, crc(?1, ?2, ?3, ?4, ?5))",
            (key, name, self._take(), body, int(self._now())),
        )
        self._room.added(len(body))

    def _header_of(self, key: str) -> bytes:
        row = self._db.execute("SELECT header FROM sessions WHERE key=?", (key,)).fetchone()
        return bytes(row[0])

    def _events_of(self, key: str) -> list[PendingEvent]:
        rows = self._db.execute(
            "SELECT id, n, body FROM events WHERE key=? ORDER BY n LIMIT ?", (key, EVENTS_AT_ONCE)
        )
        return [PendingEvent(*row) for row in rows]

    def _settle_one(self, report: Outgoing) -> int:
        gone = self._db.executemany(
            "DELETE FROM events WHERE key=? AND id=? AND n=?",
            [(report.key, *event) for event in report.events],
        ).rowcount
        told = self._db.execute(
            "UPDATE sessions SET pending=0, crc=crc(key, n, digest, 0, header, at)"
            " WHERE key=? AND n=? AND pending",
            (report.key, report.header_n),
        ).rowcount
        self._db.execute(
            "UPDATE sessions SET header=NULL, crc=crc(key, n, digest, 0, NULL, at)"
            " WHERE key=? AND NOT pending AND NOT EXISTS (SELECT 1 FROM events WHERE key=sessions.key)",
            (report.key,),
        )
        return max(gone, 0) + told

    def _claim(self, name: str, value: str) -> bool:
        with self._transaction():
            other = self._meta(name) not in {None, value}
            if other:
                self._counted["superseded"] += self._waiting()
                self._db.execute("DELETE FROM events")
                self._db.execute("DELETE FROM sessions")
                self._forget()
            self._set_meta(name, value)
        return other

    def _forget(self) -> None:
        self._db.execute("UPDATE sessions SET digest='', crc=crc(key, n, '', pending, header, at)")
        self._db.execute("DELETE FROM files")
        self._set_meta("confirmed", "0 0")
        self._files = {}

    def _confirmed(self) -> tuple[int, int]:
        epoch, n = (self._meta("confirmed") or "0 0").split()
        return int(epoch), int(n)

    def _waiting(self) -> int:
        return read_figures(self._db).waiting

    def _take(self) -> int:
        # Numbers are reserved ahead on disk, so that none is used twice after a crash.
        if self._n >= self._reserved:
            self._reserved = self._n + RESERVED_AHEAD
            self._set_meta("reserved", str(self._reserved))
        self._n += 1
        return self._n

    def _meta(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM meta WHERE name=?", (name,)).fetchone()
        return str(row[0]) if row else None

    def _set_meta(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2, crc(?1, ?2))", (name, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            reserved, epoch, files = self._reserved, getattr(self, "epoch", 0), self._files
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    self._counted.clear()
                    yield
                    for item in self._counted.items():
                        self._db.execute(
                            "INSERT INTO counters VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = value + ?2",
                            item,
                        )
                    self._db.execute("COMMIT")
                except BaseException:
                    self._reserved, self.epoch, self._files = reserved, epoch, files
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise named(error) from error
