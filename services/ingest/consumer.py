"""Takes reports from the bus: check, store, publish, and only then let the bus acknowledge."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import structlog

from services.contracts.topology import EVENTS
from services.ingest.batch import BatchWriter, Stored
from services.ingest.domain.reports import Limits, Received, check
from services.ingest.publisher import (
    EventMessage,
    Written,
    announcements,
    sessions_written,
    state_messages,
)
from services.ingest.store import departures
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Bus, Message, NotConfirmed, Rejection, Transient
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database, is_transient
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from services.runtime.telemetry import HEADER, carried

log = structlog.get_logger(__name__)
Failpoint = Callable[[str], Awaitable[None]]


async def no_failpoint(_name: str) -> None:
    """Stand where a test may make the process fail."""


class ReportConsumer:
    def __init__(
        self,
        database: Database,
        writer: BatchWriter,
        bus: Bus,
        fanout: Fanout,
        outbox: Outbox,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._database = database
        self._writer = writer
        self._bus = bus
        self._fanout = fanout
        self._outbox = outbox
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._failpoint = failpoint
        self._limits = Limits(
            settings.report_bytes, settings.epoch_ahead_seconds, settings.future_bucket_seconds
        )

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when something other than the messages is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        batch: list[Received] = []
        now = self._clock.now()
        for index, message in enumerate(messages):
            checked = check(index, message, self._limits, now)
            if isinstance(checked, Rejection):
                answers[index] = checked
            else:
                batch.append(checked)
        if batch:
            headers = {HEADER: carried(messages[batch[0].index].headers)}
            with structlog.contextvars.bound_contextvars(**headers):
                stored = await self._store(batch)
                await self._publish(stored, headers)
            for index, rejection in stored.rejections.items():
                answers[index] = rejection
        self._count(answers)
        return answers

    async def _store(self, batch: Sequence[Received]) -> Stored:
        try:
            senders = TeamsCaller.of({each.sender.team_id for each in batch})
            async with self._database.write(senders) as connection:
                living = await self._living(connection, batch)
                stored = await self._writer.store(connection, living, self._clock.now())
                stored.superseded += len(batch) - len(living)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        await self._failpoint("ingest.after_commit")
        self._metrics.reports_stored.inc(stored.stored)
        self._metrics.reports_superseded.inc(stored.superseded)
        log.info("stored", sessions=len(stored.states), stored=stored.stored, superseded=stored.superseded)
        return stored

    async def _living(self, connection: Connection, batch: Sequence[Received]) -> Sequence[Received]:
        """The batch without what teams and persons sent that are gone: their end supersedes it."""
        teams = {each.sender.team_id for each in batch}
        persons = {each.sender.user_id for each in batch}
        gone = await departures.among(TeamsCaller.of(teams), connection, teams | persons)
        return [each for each in batch if not gone & {each.sender.team_id, each.sender.user_id}]

    async def _publish(self, stored: Stored, headers: Mapping[str, str]) -> None:
        written = sessions_written(stored.states)
        messages = state_messages(
            stored.states,
            self._clock.now(),
            self._settings.states_per_message,
            self._settings.states_message_bytes,
            written,
        )
        try:
            await self._send(messages, headers)
        except NotConfirmed as error:
            raise Transient("the bus did not confirm") from error
        await self._failpoint("ingest.after_publish")
        await self._announce(stored, written)

    async def _send(self, messages: Iterable[EventMessage], headers: Mapping[str, str]) -> None:
        """All under way at once: a broker that writes to its disk takes its time over each."""
        under_way = (self._bus.publish(EVENTS, one.routing_key, one.body, headers) for one in messages)
        for outcome in await asyncio.gather(*under_way, return_exceptions=True):
            if isinstance(outcome, BaseException):
                raise outcome

    async def _announce(self, stored: Stored, written: Written) -> None:
        """Tell the browsers; what cannot be told now waits in the outbox."""
        todo = announcements(stored.states, stored.created, stored.ended, written)
        try:
            await self._fanout.publish_all([(one.channel, one.payload) for one in todo])
        except ConnectionError:
            async with self._database.write(NOBODY) as connection:
                for waiting in todo:
                    await self._outbox.add_fanout(connection, waiting.channel, waiting.payload)
            self._outbox.wake()

    def _count(self, answers: Sequence[Rejection | None]) -> None:
        self._metrics.reports_received.inc(len(answers))
        for answer in answers:
            if answer is not None:
                self._metrics.reports_rejected.labels(answer.code).inc()
