"""All that insight holds of a person, for themself."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from services.contracts.audit import DATA_EXPORTED, DataExported
from services.contracts.topology import EVENTS
from services.insight.store import own_data as store
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import Row
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.outbox import Outbox

AT_ONCE = 200


class OwnData:
    """Reads in small steps, each a transaction: none is open while somebody slow takes the answer."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock, at_once: int = AT_ONCE) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._at_once = at_once

    async def taken_by(self, caller: Caller) -> dict[str, Any]:
        """The document, its lists yet to be read; that the caller took it is noted."""
        now = self._clock.now()
        noted = DataExported(event_id=uuid4(), user_id=caller.user_id, of="insights", at=now)
        async with self._database.write(caller) as connection:
            await self._outbox.add(connection, EVENTS, DATA_EXPORTED, noted.model_dump_json().encode())
            name = await store.known_name(caller, connection)
            within = TeamsCaller.of(await store.teams(caller, connection))
        self._outbox.wake()
        lists = {each: self._rows(caller, within, each) for each in store.OWN}
        return {"exported_at": now, "known_as": name, **lists}

    async def _rows(self, caller: Caller, within: TeamsCaller, name: str) -> AsyncIterator[dict[str, Any]]:
        last: Row | None = None
        while True:
            async with self._database.read(within) as connection:
                rows = await store.page(caller, connection, name, last, self._at_once)
            for row in rows:
                # Names of columns may be of a kind of their own.
                yield {str(column): value for column, value in row.items()}
            if not rows:
                return
            last = rows[-1]
