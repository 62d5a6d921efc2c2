"""What goes when the spool grows too large or too old: the oldest, events before facts."""

import logging
import sqlite3

log = logging.getLogger(__name__)

CHECK_EVERY = 3600.0
LOW_MARK = 0.9


class Room:
    """Keeps a spool within its size and age; the caller's transaction is used."""

    def __init__(self, max_bytes: int, max_age: float) -> None:
        self._max_bytes, self._max_age = max_bytes, max_age
        self._upper_bound = max_bytes + 1
        self._checked_at = float("-inf")

    def added(self, size: int) -> None:
        """Count what was written; what was replaced or sent is found out when it matters."""
        self._upper_bound += size

    def make(self, db: sqlite3.Connection, now: float) -> int:
        """Take out what is too old, then the oldest above the size; gives the number of rows lost."""
        lost = 0
        if not 0 <= now - self._checked_at < CHECK_EVERY:
            self._checked_at = now
            lost += _drop_old(db, int(now - self._max_age))
        if self._upper_bound > self._max_bytes:
            self._upper_bound = _bytes(db)
        if self._upper_bound > self._max_bytes:
            lost += _drop_size(db, self._upper_bound - int(self._max_bytes * LOW_MARK))
            self._upper_bound = _bytes(db)
        if lost:
            log.warning(
                "The dashboard could not be reached for too long, the spool is full: its %d oldest entries"
                " were dropped. Totals come right with a session's next change; timelines have gaps.",
                lost,
            )
        return lost


def _bytes(db: sqlite3.Connection) -> int:
    row = db.execute(
        "SELECT (SELECT coalesce(sum(length(body)), 0) FROM events)"
        " + (SELECT coalesce(sum(length(header)), 0) FROM sessions)"
    ).fetchone()
    return int(row[0])


def _drop_old(db: sqlite3.Connection, before: int) -> int:
    events = db.execute("DELETE FROM events WHERE at < ?", (before,)).rowcount
    keys = db.execute("SELECT key FROM sessions WHERE pending AND at < ?", (before,)).fetchall()
    return events + _drop_facts(db, keys)


def _drop_size(db: sqlite3.Connection, excess: int) -> int:
    last = -1
    for n, size in db.execute("SELECT n, length(body) FROM events ORDER BY n"):
        last, excess = n, excess - size
        if excess <= 0:
            break
    events = db.execute("DELETE FROM events WHERE n <= ?", (last,)).rowcount
    keys: list[tuple[str]] = []
    facts = db.execute("SELECT key, length(header) FROM sessions WHERE header IS NOT NULL ORDER BY n")
    while excess > 0 and (row := facts.fetchone()):
        keys.append((row[0],))
        excess -= row[1]
    return events + _drop_facts(db, keys)


def _drop_facts(db: sqlite3.Connection, keys: list[tuple[str]]) -> int:
    # Without a digest the session's next reading writes its facts again.
    lost = db.executemany(
        "UPDATE sessions SET header=NULL, pending=0, digest='', crc=crc(key, n, '', 0, NULL, at)"
        " WHERE key=? AND pending",
        keys,
    ).rowcount
    db.execute(
        "UPDATE sessions SET header=NULL, crc=crc(key, n, digest, 0, NULL, at) WHERE header IS NOT NULL"
        " AND NOT pending AND NOT EXISTS (SELECT 1 FROM events WHERE key=sessions.key)"
    )
    return max(lost, 0)
