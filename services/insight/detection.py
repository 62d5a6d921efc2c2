"""Looks at each team's history once a day, and shares what the rules find in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.insight.domain.findings import Finding
from services.insight.domain.history import past_of
from services.insight.domain.ranking import hot
from services.insight.notices import Notice, Notices
from services.insight.reading import shown_to_all
from services.insight.rules import all_findings
from services.insight.store import findings as store
from services.insight.store import insights, people, search
from services.insight.telling import Telling
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings


class Detection:
    """Rules see what everybody in the team may see, and nothing else.

    Of a rule and a subject one insight is made, ever: what was dismissed, or deleted, does not come back.
    While it is there its numbers go on with the history. Any number of processes may look.
    """

    def __init__(
        self, database: Database, telling: Telling, notices: Notices, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._telling = telling
        self._notices = notices
        self._settings = settings
        self._clock = clock
        self._looked: dict[UUID, date] = {}

    async def step(self) -> bool:
        """Look at the teams that were not looked at today."""
        now = self._clock.now()
        since = now - timedelta(days=self._settings.insight_history_days)
        async with self._database.read(NOBODY) as connection:
            teams = await store.teams_with_history(None, connection, since)
        for team_id in teams:
            if self._looked.get(team_id) != now.date():
                await self.look(team_id)
                self._looked[team_id] = now.date()
        return False

    async def look(self, team_id: UUID) -> int:
        """Look at one team; answers how many insights are new."""
        team, now = TeamsCaller.of({team_id}), self._clock.now()
        since = now - timedelta(days=self._settings.insight_history_days)
        async with self._database.read(team) as connection:
            zone = _zone(await people.team_of(team, connection))
            rows = await store.history(team, connection, since, self._settings.insight_history_sessions)
        found = all_findings([past_of(row, zone) for row in rows])
        async with self._database.write(team) as connection:
            made = await self._take(team, connection, found, now)
        self._telling.sent()
        self._notices.wake()
        return made

    async def _take(
        self, team: TeamsCaller, connection: Connection, found: Sequence[Finding], now: datetime
    ) -> int:
        known = await store.known(team, connection)
        made = 0
        for finding in found:
            if finding.fingerprint in known:
                await self._renew(team, connection, known[finding.fingerprint], finding)
            elif made < self._settings.insight_findings_a_day:
                made += await self._make(team, connection, finding, now)
        return made

    async def _make(self, team: TeamsCaller, connection: Connection, finding: Finding, now: datetime) -> bool:
        (team_id,) = team.teams
        insight_id = uuid4()
        row = {
            "id": insight_id, "team_id": team_id, "shared_by": None, "type": finding.type,
            "title": finding.headline, "content": finding.advice, "tags": list(finding.tags),
            "state": "proposed", "origin": "detected", "session_id": None, "moment": None,
            "evidence": finding.evidence(), "upvotes": 0, "comments": 0, "hot": hot(0, now), "version": 1,
            "revision": 1, "created_at": now, "updated_at": now,
        }  # fmt: skip
        if not await store.note(team, connection, finding.fingerprint, insight_id, now):
            return False
        await insights.add(team, connection, row)
        await search.put_words(team, connection, row)
        await search.put_tags(team, connection, row)
        await self._telling.shared(connection, row, await shown_to_all(team, connection, row))
        await self._notices.tell(connection, _notice(row, (await people.present(team, connection)).keys()))
        return True

    async def _renew(
        self, team: TeamsCaller, connection: Connection, insight_id: UUID, finding: Finding
    ) -> None:
        """Have the numbers be those of now, as long as nobody has dismissed it."""
        row = await insights.locked(team, connection, insight_id)
        if row is None or row["state"] == "retired" or row["evidence"] == finding.evidence():
            return
        after = await insights.write(team, connection, row, {"evidence": finding.evidence()})
        await self._telling.changed(connection, after)


def _zone(team: Mapping[str, Any] | None) -> ZoneInfo:
    try:
        return ZoneInfo((team["settings"] if team else {}).get("timezone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _notice(row: Mapping[str, Any], to: Collection[UUID]) -> Notice:
    return Notice(
        team_id=row["team_id"],
        to_user_ids=to,
        kind="insight_shared",
        title=f"A {row['type']} was found in the team's sessions",
        text=row["title"],
        link=f"/insights/{row['id']}",
        insight_id=row["id"],
    )
