"""Reports each team's week once it is over, where the team wants that."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode
from uuid import UUID, uuid5

from services.analytics.answers.asked import Asked
from services.analytics.answers.team import team
from services.analytics.api.bodies import TeamFigures
from services.analytics.budgets import onlooker
from services.analytics.domain.period import Period, first_quarter, is_zone
from services.analytics.domain.weekly import WEEK, Line, texts, title, week_due
from services.analytics.store import people
from services.analytics.store import reports as store
from services.analytics.telling import Telling
from services.contracts.budgets import WeekReported
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings


class Weekly:
    """Once a week and team, whichever process comes first. It says what every member may see."""

    def __init__(self, database: Database, telling: Telling, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._telling = telling
        self._hour = settings.weekly_report_hour
        self._clock = clock

    async def step(self) -> bool:
        """Report what is due."""
        async with self._database.read(NOBODY) as connection:
            teams = await store.wanting(TeamsCaller.of(()), connection)
        for team_id in teams:
            await self._team(team_id)
        return False

    async def _team(self, team_id: UUID) -> None:
        actor, now = TeamsCaller.of({team_id}), self._clock.now()
        async with self._database.read(actor) as connection:
            known = (await people.settings_of(onlooker(team_id), connection)).get("timezone", "UTC")
            zone = known if is_zone(known) else "UTC"
            week = week_due(now, zone, self._hour)
            if await store.is_reported(actor, connection, week.isoformat()):
                return
            bounds = first_quarter(week, zone), first_quarter(week + WEEK, zone)
            figures = await team(onlooker(team_id), connection, Asked(Period(*bounds, zone), now))
        report = WeekReported(
            event_id=uuid5(team_id, week.isoformat()), team_id=team_id, week=week.isoformat(),
            title=title(week), lines=list(texts(lines_of(figures))), link=link(week, zone), at=now,
        )  # fmt: skip
        async with self._database.write(actor) as connection:
            if await store.note(actor, connection, report.week, now) and figures.sessions:
                await self._telling.reported(connection, report)
        self._telling.sent()


def lines_of(figures: TeamFigures) -> Sequence[Line]:
    before = figures.previous
    return [
        Line("Sessions", figures.sessions, before.sessions),
        Line("People who began one", figures.members, before.members),
        Line("Tokens", figures.tokens.total, before.tokens.total),
        Line("Cost at API prices", figures.cost_usd, before.cost_usd, "$"),
        Line("Average health", figures.average_health, before.average_health),
        Line("Commits", figures.commits, before.commits),
        Line("Errors", figures.errors, before.errors),
    ]


def link(week: date, zone: str) -> str:
    """Where the page shows the same figures."""
    return "/analytics?" + urlencode({"from": week, "to": week + WEEK, "tz": zone})
