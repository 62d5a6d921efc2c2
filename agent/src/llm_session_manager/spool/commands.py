"""Which commands were begun on this machine, and what became of them: none is ever begun twice."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from llm_session_manager.spool.ledger import Ledger

KEY, CLAIM = "command_key", "command_claim"
KEPT_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Begun:
    """A command that was begun; `answer` is JSON, `None` while nobody knows what became of it."""

    id: str
    answer: bytes | None


class CommandBook:
    """Each method is one transaction, written to the disk before it returns; any thread may call it.

    Raises SpoolUnavailableError when nothing could be written, SpoolBrokenError when the file is damaged.
    """

    def __init__(self, ledger: Ledger, now: Callable[[], float]) -> None:
        self._ledger = ledger
        self._now = now

    def pin(self, key: str) -> str:
        """The key that was shown first, which is this one where there was none."""
        with self._ledger.transaction():
            known = self._ledger.get(KEY)
            if known is None:
                self._ledger.set(KEY, key)
            return known or key

    def claim(self) -> str:
        """By what the server tells this spool's agent from any other; it is the same for ever."""
        with self._ledger.transaction():
            known = self._ledger.get(CLAIM)
            if known is None:
                known = uuid.uuid4().hex
                self._ledger.set(CLAIM, known)
            return known

    def begin(self, command_id: str) -> bool:
        """Write down that a command is about to be done; `False` when it was begun before."""
        with self._ledger.transaction() as db:
            db.execute("DELETE FROM commands WHERE told AND at < ?", (int(self._now()) - KEPT_SECONDS,))
            return (
                db.execute(
                    "INSERT OR IGNORE INTO commands VALUES (?1, ?2, NULL, 0, crc(?1, ?2, NULL, 0))",
                    (command_id, int(self._now())),
                ).rowcount
                == 1
            )

    def find(self, command_id: str) -> Begun | None:
        with self._ledger.transaction() as db:
            row = db.execute("SELECT id, answer FROM commands WHERE id=?", (command_id,)).fetchone()
        return Begun(*row) if row else None

    def finish(self, command_id: str, answer: bytes) -> None:
        """Keep what became of it until the server has been told."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE commands SET answer=?2, told=0, crc=crc(id, at, ?2, 0) WHERE id=?1",
                (command_id, answer),
            )

    def unfinished(self) -> list[Begun]:
        """What was begun, and whose end was never written down."""
        return self._rows("answer IS NULL")

    def untold(self) -> list[Begun]:
        """What has ended, and of which the server is not known to have heard."""
        return self._rows("answer IS NOT NULL AND NOT told")

    def told(self, command_id: str) -> None:
        """The server knows it: what is left is that it was begun."""
        with self._ledger.transaction() as db:
            db.execute(
                "UPDATE commands SET told=1, answer=?2, crc=crc(id, at, ?2, 1) WHERE id=?1",
                (command_id, b""),
            )

    def _rows(self, which: str) -> list[Begun]:
        with self._ledger.transaction() as db:
            rows = db.execute(f"SELECT id, answer FROM commands WHERE {which} ORDER BY at, id")  # noqa: S608
            return [Begun(*row) for row in rows]
