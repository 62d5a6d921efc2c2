"""Takes the details of ended sessions whose teams keep these for so many days only."""

from datetime import timedelta

import structlog

from services.ingest.batch import load_states
from services.ingest.publisher import changed, state_messages
from services.ingest.store import retention as store
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
AT_ONCE = 100


class Thinning:
    """Details go when the session has ended and nothing has happened in it for its team's days.

    Its figures stay, and what it ran with. Everybody who keeps a copy is told what is left. What a machine
    sends of such a session later is taken in, and goes with the next step.
    """

    def __init__(
        self, database: Database, outbox: Outbox, settings: Settings, clock: Clock, metrics: Metrics
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._settings = settings
        self._clock = clock
        self._metrics = metrics

    async def step(self) -> bool:
        """Take all that is due."""
        async with self._database.read(NOBODY) as connection:
            kept = await store.days_kept(None, connection, "retention", "details_days")
        for team_id, days in kept.items():
            team, count = TeamsCaller.of({team_id}), 0
            while found := await self._some(team, days):
                count += found
            if count:
                log.info("details taken that were kept long enough", team=str(team_id), sessions=count)
        return False

    async def _some(self, team: TeamsCaller, days: int) -> int:
        now, most = self._clock.now(), self._settings.states_per_message
        async with self._database.write(team) as connection:
            ids = await store.detailed(team, connection, now - timedelta(days=days), AT_ONCE)
            await store.take_details(team, connection, ids, now)
            states = await load_states(team, connection, ids)
            for message in state_messages(states, now, most, self._settings.states_message_bytes):
                await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
            for state in states:
                told = changed(state.session)
                await self._outbox.add_fanout(connection, told.channel, told.payload)
        self._outbox.wake()
        self._metrics.retired.labels("details").inc(len(ids))
        return len(ids)
