"""What of a session is kept in memory: enough to find its process and to tell its status."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from llm_session_manager import protocol
from llm_session_manager.sources import Snapshot, Tail

_FAST = 1


@dataclass(slots=True)
class Trace:
    """A session as last read; its facts are kept packed, since there may be thousands.

    `grew_at`: when its files were last seen to grow while an agent watched; `matched`: it had a process once;
    `closed_at`: when that was ended from the dashboard.
    """

    tool: protocol.Tool
    native_id: str
    tail: Tail
    files: tuple[Path, ...]
    start_directory: str | None
    started_at: datetime | None
    last_activity_at: datetime | None
    packed: bytes
    grew_at: datetime | None = None
    matched: bool = False
    closed_at: datetime | None = None
    status: protocol.Status | None = None
    reason: str | None = None

    def facts(self) -> protocol.Session:
        """The session's facts, as its source gave them."""
        return protocol.Session.model_validate_json(zlib.decompress(self.packed))


def trace(snapshot: Snapshot, before: Trace | None, grew_at: datetime | None) -> Trace:
    """The trace of a new snapshot, which keeps what was known of the session before."""
    facts = snapshot.facts
    return Trace(
        tool=facts.tool,
        native_id=facts.native_id,
        tail=snapshot.tail,
        files=snapshot.files,
        start_directory=snapshot.start_directory,
        started_at=facts.started_at,
        last_activity_at=facts.last_activity_at,
        packed=zlib.compress(facts.model_dump_json(exclude_defaults=True).encode(), _FAST),
        grew_at=grew_at or (before.grew_at if before else None),
        matched=before.matched if before else False,
        closed_at=before.closed_at if before else None,
        status=before.status if before else None,
        reason=before.reason if before else None,
    )


def pack_events(events: Iterable[protocol.Event]) -> bytes:
    """Events as they are spooled, in little room."""
    press = zlib.compressobj(_FAST)
    parts = [
        press.compress(orjson.dumps((event.id, event.model_dump_json(exclude_defaults=True))) + b"\n")
        for event in events
    ]
    return b"".join([*parts, press.flush()])


def unpack_events(packed: bytes) -> list[tuple[str, bytes]]:
    """Id and JSON of each event."""
    rows = map(orjson.loads, zlib.decompress(packed).splitlines())
    return [(key, body.encode()) for key, body in rows]
