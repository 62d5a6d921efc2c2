"""All that ingest holds of a person, for themself."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from services.contracts.prices import dollars
from services.ingest.publisher import export_noted
from services.ingest.store import own_data as store
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import Row
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.outbox import Outbox

AT_ONCE = 100
PARTS_AT_ONCE = 2_000
Held = Mapping[UUID, Sequence[Row]]
Page = Callable[[Caller, Connection, UUID | None, int], Awaitable[Sequence[Row]]]


class OwnData:
    """Reads in small steps, each a transaction of its own: none is open while somebody slow takes the answer.

    So each session is whole and as it was when its turn came; memory does not grow with their number. Columns
    and lists are those of the tables, every one of them, so that nothing new is forgotten.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        at_once: int = AT_ONCE,
        parts_at_once: int = PARTS_AT_ONCE,
    ) -> None:
        self._at_once = at_once
        self._parts_at_once = parts_at_once
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def taken_by(self, caller: Caller) -> dict[str, Any]:
        """The document, its lists yet to be read; that the caller took it is noted."""
        now = self._clock.now()
        noted = export_noted(caller, now)
        async with self._database.write(caller) as connection:
            await self._outbox.add(connection, noted.exchange, noted.routing_key, noted.body)
            name = await store.known_name(caller, connection)
            within = TeamsCaller.of(await store.teams(caller, connection))
            tokens = await store.machine_tokens(caller, connection)
        self._outbox.wake()
        return {
            "exported_at": now,
            "known_as": _shown(name) if name else None,
            "machines": self._rows(caller, within, store.machines),
            "machine_tokens": [_shown(row) for row in tokens],
            "sessions": self._sessions(caller, within),
            "deleted_sessions": self._rows(caller, within, store.own_tombstones),
        }

    async def _rows(self, caller: Caller, within: TeamsCaller, read: Page) -> AsyncIterator[dict[str, Any]]:
        async for page in self._pages(caller, within, read):
            for row in page:
                yield _shown(row)

    async def _sessions(self, caller: Caller, within: TeamsCaller) -> AsyncIterator[dict[str, Any]]:
        async for page in self._pages(caller, within, store.own_sessions):
            parts = await self._parts(caller, within, [row["id"] for row in page])
            for row in page:
                listed = partial(self._listed, caller, within, row["id"])
                lists = {name: listed(name, held) for name, held in parts.items()}
                yield _shown(row) | lists

    async def _pages(self, caller: Caller, within: TeamsCaller, read: Page) -> AsyncIterator[Sequence[Row]]:
        after: UUID | None = None
        while True:
            async with self._database.read(within) as connection:
                page = await read(caller, connection, after, self._at_once)
            if not page:
                return
            yield page
            after = page[-1]["id"]

    async def _parts(
        self, caller: Caller, within: TeamsCaller, ids: Sequence[UUID]
    ) -> dict[str, Held | None]:
        """The lists of all these sessions by name; `None` for those that are too long to be held together."""
        found: dict[str, Held | None] = {}
        async with self._database.read(within) as connection:
            for name in store.LISTS:
                rows = await store.parts(caller, connection, name, ids, self._parts_at_once + 1)
                of = groupby(rows, key=lambda row: row["session_id"])
                grouped = {session_id: list(each) for session_id, each in of}
                found[name] = grouped if len(rows) <= self._parts_at_once else None
        return found

    async def _listed(
        self, caller: Caller, within: TeamsCaller, session_id: UUID, name: str, held: Held | None
    ) -> AsyncIterator[dict[str, Any]]:
        if held is not None:
            for row in held.get(session_id, ()):
                yield _shown(row)
            return
        last: Row | None = None
        while True:
            async with self._database.read(within) as connection:
                page = await store.parts_after(
                    caller, connection, name, session_id, last, self._parts_at_once
                )
            for row in page:
                yield _shown(row)
            if not page:
                return
            last = page[-1]


def _shown(row: Row) -> dict[str, Any]:
    """A row, money in dollars, without what the list it stands in says already."""
    shown = {name: value for name, value in row.items() if name not in {"session_id", "cost_pico"}}
    if "cost_pico" in row:
        shown["cost_usd"] = None if row["cost_pico"] is None else dollars(row["cost_pico"])
    return shown
