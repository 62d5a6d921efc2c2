"""What analytics tells other services."""

from collections.abc import Iterable
from uuid import uuid4

from services.analytics.store.sources import Narrowing
from services.contracts.audit import FIGURES_EXPORTED, FiguresExported, FileForm
from services.contracts.budgets import BudgetCrossed, WeekReported
from services.contracts.topology import EVENTS
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.outbox import Outbox


class Telling:
    """All of it is written in the transaction that makes it true: call `sent` once that is committed."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def exported(
        self, caller: Caller, connection: Connection, form: FileForm, narrowing: Narrowing
    ) -> None:
        """Note for the audit log that somebody takes a file."""
        noted = FiguresExported(
            event_id=uuid4(), team_id=caller.team, actor_id=caller.user_id, form=form,
            narrowed_by=sorted(narrowing.dims), at=self._clock.now(),
        )  # fmt: skip
        await self._outbox.add(connection, EVENTS, FIGURES_EXPORTED, noted.model_dump_json().encode())

    async def crossed(self, connection: Connection, crossings: Iterable[BudgetCrossed]) -> None:
        for one in crossings:
            await self._outbox.add(connection, EVENTS, one.kind, one.model_dump_json().encode())

    async def reported(self, connection: Connection, report: WeekReported) -> None:
        await self._outbox.add(connection, EVENTS, report.kind, report.model_dump_json().encode())

    def sent(self) -> None:
        """Have the messages sent now."""
        self._outbox.wake()
