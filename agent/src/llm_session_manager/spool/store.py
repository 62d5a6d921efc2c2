"""The spool: newest facts per session, pending events, and how far each file was read."""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from llm_session_manager import protocol
from llm_session_manager.sources import Cursor
from llm_session_manager.spool.commands import CommandBook
from llm_session_manager.spool.ledger import Ledger
from llm_session_manager.spool.outgoing import Outgoing, PendingEvent, chunks, report_bytes
from llm_session_manager.spool.tables import SpoolState, read_figures
from llm_session_manager.spool.thinning import Room

EVENTS_AT_ONCE = 20 * protocol.EVENTS_PER_REPORT


@dataclass(frozen=True, slots=True)
class Entry:
    """What one session is now, and id and JSON of its new events; all redacted and within bounds."""

    facts: protocol.Session
    events: Sequence[tuple[str, bytes]] = ()


class Spool:
    """Holds what the server is not known to have; each method is one transaction, and any thread may call it.

    Raises SpoolUnavailableError when nothing could be written, SpoolBrokenError when the file is damaged.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        *,
        max_bytes: int = 256 * 2**20,
        max_age: float = 30 * 86_400.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._now = now
        self._room = Room(max_bytes, max_age)
        self._ledger = Ledger(connection, int(now()))
        with self._ledger.transaction() as db:
            self._cursors = {
                Path(path): Cursor(int(inode), head, offset)
                for path, inode, head, offset in db.execute("SELECT path, inode, head, offset FROM files")
            }

    def close(self) -> None:
        self._ledger.close()

    @property
    def commands(self) -> CommandBook:
        """What the dashboard asked of this machine."""
        return CommandBook(self._ledger, self._now)

    @property
    def epoch(self) -> int:
        """The second this spool's numbering began."""
        return self._ledger.epoch

    def cursors(self) -> dict[Path, Cursor]:
        """How far each file was read when its facts were written here."""
        return dict(self._cursors)

    def record(self, entries: Iterable[Entry], cursors: Mapping[Path, Cursor]) -> int:
        """Write facts, events and cursors together; gives how many rows wait because of it.

        Facts equal to those written last are skipped; others replace an unsent older state.
        """
        moved = {path: cursor for path, cursor in cursors.items() if self._cursors.get(path) != cursor}
        with self._ledger.transaction() as db:
            written = sum(self._record_one(db, entry) for entry in entries)
            db.executemany(
                "INSERT OR REPLACE INTO files VALUES (?1, ?2, ?3, ?4, crc(?1, ?2, ?3, ?4))",
                [(_storable(path), str(at.inode), at.head, at.offset) for path, at in moved.items()],
            )
            self._ledger.counted["thinned"] += self._room.make(db, self._now())
        self._cursors.update(moved)
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
        with self._ledger.transaction() as db:
            rows = db.execute(
                "SELECT key, n FROM sessions WHERE header IS NOT NULL ORDER BY n LIMIT ?",
                (limit + len(without),),
            ).fetchall()
            for key, header_n in rows:
                if key in without:
                    continue
                header = _header_of(db, key)
                for part in chunks(header, _events_of(db, key)):
                    n, epoch = self._ledger.take(), self.epoch
                    body = report_bytes(epoch=epoch, n=n, at=at, tier=tier, header=header, events=part)
                    size += len(body) + 1
                    if made and (size > max_bytes or len(made) >= limit):
                        return made
                    carried = tuple((event.id, event.n) for event in part)
                    made.append(Outgoing(key, epoch, n, header_n, carried, body))
        return made

    def settle(self, *, confirmed: Sequence[Outgoing] = (), rejected: Sequence[Outgoing] = ()) -> None:
        """Take out exactly what these reports carried; what was replaced meanwhile stays."""
        with self._ledger.transaction() as db:
            for name, reports in (("confirmed", confirmed), ("rejected", rejected)):
                self._ledger.counted[name] += sum(_settle_one(db, report) for report in reports)
            if confirmed:
                highest = max((report.epoch, report.n) for report in confirmed)
                self._ledger.set("confirmed", "{} {}".format(*max(highest, self._confirmed())))
            db.execute("PRAGMA incremental_vacuum(256)").fetchall()

    def confirmed(self) -> protocol.Position | None:
        """The highest report that the server has confirmed."""
        with self._ledger.transaction():
            epoch, n = self._confirmed()
        return protocol.Position(epoch=epoch, n=n) if epoch else None

    def position(self) -> protocol.Position:
        """No report beyond this was ever made by this spool."""
        with self._ledger.transaction():
            return protocol.Position(epoch=self.epoch, n=self._ledger.reserved)

    def start_epoch(self, above: int) -> None:
        """Begin a later epoch, beyond `above`, and forget what was confirmed."""
        self._begin(max(int(self._now()), above + 1, self.epoch + 1))

    def restart_epoch(self) -> bool:
        """Begin an earlier epoch when this one lies ahead of the clock; tells whether it did."""
        ahead = self.epoch > self._now()
        if ahead:
            self._begin(int(self._now()))
        return ahead

    def forget(self, known: protocol.Position | None) -> bool:
        """Let go of what the server confirmed: every file is to be read and all of it sent anew.

        Does nothing, and says so, when it was already done for a server that knew exactly this position: then
        that server does not count what it is sent, and sending all of it again would not help.
        """
        text = known.model_dump_json() if known else "nothing"
        with self._ledger.transaction() as db:
            if known is not None and self._ledger.get("forgot") == text:
                return False
            self._ledger.set("forgot", text)
            self._forget(db)
        return True

    def use_tier(self, tier: protocol.Tier) -> bool:
        """Empty the spool when it was filled at another tier; tells whether it was."""
        return self._claim("tier", tier)

    def use_owner(self, owner: str) -> bool:
        """Empty the spool when it was filled for another owner; tells whether it was."""
        return self._claim("owner", owner)

    def renew(self, key: str) -> None:
        """Have a session's facts written, and sent, again though they be the same."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE sessions SET digest='', crc=crc(key, n, '', pending, header, at) WHERE key=?", (key,)
            )

    def is_waiting(self, key: str) -> bool:
        """Whether the server is not known to have a session's facts as they are here."""
        with self._ledger.transaction() as db:
            row = db.execute("SELECT 1 FROM sessions WHERE key=? AND header IS NOT NULL", (key,)).fetchone()
        return row is not None

    def waiting(self) -> int:
        """How many rows the server is not known to have."""
        return self.state().waiting

    def state(self) -> SpoolState:
        with self._ledger.transaction() as db:
            return read_figures(db)

    def _record_one(self, db: sqlite3.Connection, entry: Entry) -> int:
        counted = self._ledger.counted
        key = f"{entry.facts.tool}:{entry.facts.native_id}"
        header = entry.facts.model_dump_json(exclude_defaults=True).encode()
        digest = hashlib.sha256(header).hexdigest()
        row = db.execute("SELECT digest, pending, n FROM sessions WHERE key=?", (key,)).fetchone()
        same = row is not None and row[0] == digest
        counted["read"] += 1 + len(entry.events)
        counted["skipped"] += same
        counted["spooled"] += len(entry.events) + (not same)
        counted["superseded"] += row[1] if row and not same else 0
        if not same or entry.events:
            pending, n = (row[1], row[2]) if same else (1, self._ledger.take())
            self._write_header(db, key, n, digest, pending, header)
        for name, body in entry.events:
            self._write_event(db, key, name, body)
        return len(entry.events) + (not same)

    def _write_header(
        self, db: sqlite3.Connection, key: str, n: int, digest: str, pending: int, header: bytes
    ) -> None:
        db.execute(
            "INSERT OR REPLACE INTO sessions VALUES (?1, ?2, ?3, ?4, ?5, ?6, crc(?1, ?2, ?3, ?4, ?5, ?6))",
            (key, n, digest, pending, header, int(self._now())),
        )
        self._room.added(len(header))

    def _write_event(self, db: sqlite3.Connection, key: str, name: str, body: bytes) -> None:
        known = db.execute("SELECT count(*) FROM events WHERE key=? AND id=?", (key, name)).fetchone()
        self._ledger.counted["superseded"] += known[0]
        db.execute(
            "INSERT OR REPLACE INTO events VALUES (?1, ?2, ?3, ?4, ?5, crc(?1, ?2, ?3, ?4, ?5))",
            (key, name, self._ledger.take(), body, int(self._now())),
        )
        self._room.added(len(body))

    def _begin(self, epoch: int) -> None:
        with self._ledger.transaction() as db:
            self._ledger.begin_epoch(epoch)
            self._forget(db)

    def _claim(self, name: str, value: str) -> bool:
        with self._ledger.transaction() as db:
            other = self._ledger.get(name) not in {None, value}
            if other:
                self._ledger.counted["superseded"] += read_figures(db).waiting
                db.execute("DELETE FROM events")
                db.execute("DELETE FROM sessions")
                self._forget(db)
            self._ledger.set(name, value)
        return other

    def _forget(self, db: sqlite3.Connection) -> None:
        db.execute("UPDATE sessions SET digest='', crc=crc(key, n, '', pending, header, at)")
        db.execute("DELETE FROM files")
        self._ledger.set("confirmed", "0 0")
        self._cursors = {}

    def _confirmed(self) -> tuple[int, int]:
        epoch, n = (self._ledger.get("confirmed") or "0 0").split()
        return int(epoch), int(n)


def _storable(path: Path) -> str:
    # A name that is no UTF-8 is not found again: its file is then read anew, which does no harm.
    return str(path).encode("utf-8", "backslashreplace").decode()


def _header_of(db: sqlite3.Connection, key: str) -> bytes:
    return bytes(db.execute("SELECT header FROM sessions WHERE key=?", (key,)).fetchone()[0])


def _events_of(db: sqlite3.Connection, key: str) -> list[PendingEvent]:
    rows = db.execute("SELECT id, n, body FROM events WHERE key=? ORDER BY n LIMIT ?", (key, EVENTS_AT_ONCE))
    return [PendingEvent(*row) for row in rows]


def _settle_one(db: sqlite3.Connection, report: Outgoing) -> int:
    gone = db.executemany(
        "DELETE FROM events WHERE key=? AND id=? AND n=?", [(report.key, *event) for event in report.events]
    ).rowcount
    told = db.execute(
        "UPDATE sessions SET pending=0, crc=crc(key, n, digest, 0, header, at)"
        " WHERE key=? AND n=? AND pending",
        (report.key, report.header_n),
    ).rowcount
    db.execute(
        "UPDATE sessions SET header=NULL, crc=crc(key, n, digest, 0, NULL, at)"
        " WHERE key=? AND NOT pending AND NOT EXISTS (SELECT 1 FROM events WHERE key=sessions.key)",
        (report.key,),
    )
    return max(gone, 0) + told
