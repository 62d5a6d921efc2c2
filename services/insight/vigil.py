"""What time alone brings: sessions that have waited long, incidents that were put off, mornings."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.contracts.letters import LetterItem
from services.contracts.sessions import Session
from services.insight.alarms import Alarms
from services.insight.domain.alerts.rules import LATEST_WAIT, waiting
from services.insight.notices import Notices
from services.insight.store import alerts, morning, projected
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.reach import NOBODY
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings

AT_ONCE = 200
ITEMS = 50
SOONEST = timedelta(minutes=1)


class Vigil:
    """Any number of processes may keep it: each incident and letter is one's who locks it."""

    def __init__(
        self, database: Database, alarms: Alarms, notices: Notices, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._alarms = alarms
        self._notices = notices
        self._clock = clock
        every, letters = settings.alerts_round_seconds, settings.letters_round_seconds
        self._rounds = [
            Rounds("sessions that wait", self.notice_waiting, every, clock),
            Rounds("incidents put off", self.end_pauses, every, clock),
            Rounds("letters that waited", self.send_letters, letters, clock),
        ]

    async def start(self) -> None:
        for each in self._rounds:
            await each.start()

    async def stop(self) -> None:
        for each in reversed(self._rounds):
            await each.stop()

    async def notice_waiting(self) -> bool:
        """Begin the incidents of sessions that have waited too long by now."""
        now = self._clock.now()
        async with self._database.write(NOBODY) as connection:
            rows = await alerts.waiting(None, connection, now - LATEST_WAIT, now - SOONEST, AT_ONCE)
            actor = TeamsCaller.of({row["team_id"] for row in rows})
            limits = await self._alarms.limits(actor, connection)
            readings = []
            for row in rows:
                session = Session.model_validate(row["body"]["session"])
                reading = waiting(session, limits[session.team_id], now)
                # That it waits no longer, its next state tells.
                if reading.holds:
                    readings.append((reading, session))
            await self._alarms.apply(actor, connection, readings, limits)
        if readings:
            self._notices.wake()
        return False

    async def end_pauses(self) -> bool:
        """Tell again of what was put off and goes on; end what was for a period that is over."""
        now = self._clock.now()
        async with self._database.write(NOBODY) as connection:
            rows = await alerts.timed(None, connection, now, AT_ONCE)
            for row in rows:
                await self._end_pause(connection, row)
        if rows:
            self._notices.wake()
        return len(rows) == AT_ONCE

    async def _end_pause(self, connection: Connection, row: dict[str, Any]) -> None:
        now = self._clock.now()
        actor = TeamsCaller.of({row["team_id"]})
        session = await self._session(actor, connection, row["session_id"])
        if row["ends_at"] is not None and row["ends_at"] <= now:
            over = {"firing": False, "calm_at": now, "state": "resolved", "updated_at": now}
            over["resolved_at"] = row["resolved_at"] or now
            changed = await alerts.change(actor, connection, row, over)
        else:
            again = {"state": "open", "snoozed_until": None, "updated_at": now}
            changed = await alerts.change(actor, connection, row, again)
            if session is not None:
                await self._alarms.tell(connection, changed, session)
        await self._alarms.show(connection, changed, session)

    async def _session(
        self, actor: TeamsCaller, connection: Connection, session_id: UUID | None
    ) -> Session | None:
        if session_id is None:
            return None
        found = await projected.bodies(actor, connection, [session_id])
        return Session.model_validate(found[session_id]) if session_id in found else None

    async def send_letters(self) -> bool:
        """Hand over what waited for the end of quiet hours: one letter a person and team."""
        async with self._database.write(NOBODY) as connection:
            rows = await morning.due(None, connection, self._clock.now(), AT_ONCE)
            theirs: defaultdict[tuple[UUID, UUID], list[LetterItem]] = defaultdict(list)
            for row in rows:
                item = LetterItem(title=row["title"], text=row["text"], link=row["link"])
                theirs[row["team_id"], row["user_id"]].append(item)
            for (team_id, user_id), items in theirs.items():
                for start in range(0, len(items), ITEMS):
                    await self._notices.write(connection, team_id, user_id, items[start : start + ITEMS])
        if rows:
            self._notices.wake()
        return len(rows) == AT_ONCE
