"""Tells once when half, most and all of a budget is used up."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from services.analytics.answers.asked import MANY
from services.analytics.domain.budgets import (
    COLUMNS,
    LEVELS,
    WHOLE_LIFE,
    Limit,
    Standing,
    Times,
    limits_of,
    of_scope,
    times,
)
from services.analytics.domain.measures import Measures, count, merged
from services.analytics.domain.period import Period, is_zone
from services.analytics.store import budgets as store
from services.analytics.store import metrics, people
from services.analytics.store.questions import Question, Sum, ask
from services.analytics.store.sources import NOBODY as NO_ONE
from services.analytics.store.sources import Narrowing
from services.analytics.telling import Telling
from services.contracts.budgets import BudgetCrossed
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.reach import NOBODY

LATELY = timedelta(hours=2)


class Budgets:
    """Looks at the teams whose facts have just changed; at the start, at all that were busy of late."""

    def __init__(self, database: Database, telling: Telling, clock: Clock) -> None:
        self._database = database
        self._telling = telling
        self._clock = clock
        self._begun = False

    async def step(self) -> bool:
        """Look once."""
        nobodys = TeamsCaller.of(())
        async with self._database.read(NOBODY) as connection:
            teams = set(await store.moving(nobodys, connection))
            if not self._begun:
                teams |= set(await metrics.busy(nobodys, connection, self._clock.now() - LATELY))
            known = await people.settings_by_team(nobodys, connection, teams)
        for team_id, settings in sorted(known.items()):
            if limits := limits_of(settings):
                zone = settings.get("timezone", "UTC")
                await self._team(team_id, limits, zone if is_zone(zone) else "UTC")
        self._begun = True
        return False

    async def _team(self, team_id: UUID, limits: Sequence[Limit], zone: str) -> None:
        actor, now = TeamsCaller.of({team_id}), self._clock.now()
        async with self._database.read(actor) as connection:
            found = await standings(team_id, connection, limits, times(now, zone))
            told = await store.told(actor, connection, {one.subject for one in found})
        rows = [row for one in found for row in _rows(one) if _key(row) not in told]
        if rows:
            await self._tell(actor, rows, found, now)

    async def _tell(
        self, actor: TeamsCaller, rows: Sequence[dict[str, Any]], found: Sequence[Standing], now: datetime
    ) -> None:
        (team_id,) = actor.teams
        async with self._database.write(actor) as connection:
            new = await store.note(actor, connection, rows, now)
            await self._telling.crossed(connection, messages(team_id, new, found, now))
        self._telling.sent()


def onlooker(team_id: UUID) -> Caller:
    """Somebody who sees what every member sees, and owns nothing."""
    return Caller(NO_ONE, team_id, "viewer", "budgets")


async def standings(
    team_id: UUID, connection: Connection, limits: Sequence[Limit], when: Times
) -> list[Standing]:
    """How far the team's limits are used up that are used by half or more.

    A person's day counts all that is theirs; the team's month counts what is private where enough people
    used something.
    """
    found: list[Standing] = []
    if of_day := of_scope(limits, "member_day"):
        for person, sums in _by_person(await _sums(team_id, connection, when.today)):
            used = merged(one.measures for one in sums)
            found += [Standing(limit, person, person, when.day, limit.used(used)) for limit in of_day]
    if of_month := of_scope(limits, "team_month"):
        used = team_used(await _sums(team_id, connection, when.this_month))
        found += [Standing(limit, NO_ONE, None, when.month, limit.used(used)) for limit in of_month]
    found += await _sessions(team_id, connection, of_scope(limits, "session"), when)
    return [one for one in found if one.limit.passed(one.value)]


def team_used(sums: Sequence[Sum]) -> Measures:
    """What a team's sums by person come to, private ones only where enough people used something."""
    people_ = {one.person for one in sums if count(one.measures, "uses")}
    return merged(one.measures for one in sums if not one.hidden or len(people_) >= MANY)


async def _sums(team_id: UUID, connection: Connection, period: Period) -> Sequence[Sum]:
    question = Question(period.grid("all"), "user", Narrowing(), hidden=True)
    return await ask(onlooker(team_id), connection, question)


def _by_person(sums: Sequence[Sum]) -> Iterable[tuple[UUID, list[Sum]]]:
    ordered = sorted(sums, key=lambda one: one.person)
    return ((UUID(person), list(own)) for person, own in groupby(ordered, key=lambda one: one.person))


async def _sessions(
    team_id: UUID, connection: Connection, limits: Sequence[Limit], when: Times
) -> list[Standing]:
    if not limits:
        return []
    least = {COLUMNS[limit.unit]: -(-limit.most * LEVELS[0] // 100) for limit in limits}
    actor = TeamsCaller.of({team_id})
    rows = await store.full_sessions(actor, connection, when.today.first, least)
    return [
        Standing(limit, row["session_id"], row["user_id"], WHOLE_LIFE, limit.used(row))
        for row in rows
        for limit in limits
    ]


def _rows(one: Standing) -> Iterable[dict[str, Any]]:
    for percent in one.limit.passed(one.value):
        yield {
            "scope": one.limit.scope, "unit": one.limit.unit, "subject": one.subject, "period": one.period,
            "percent": percent, "value": one.value, "most": one.limit.most,
        }  # fmt: skip


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in store.KEY)


def messages(
    team_id: UUID, new: Iterable[tuple[Any, ...]], found: Sequence[Standing], now: datetime
) -> list[BudgetCrossed]:
    """One for each budget: where several percentages are passed at once, the highest is told."""
    by = {(one.limit.scope, one.limit.unit, one.subject, one.period): one for one in found}
    highest = {key[:4]: key[4] for key in sorted(new, key=lambda key: int(key[4]))}
    told = []
    for place, percent in highest.items():
        one = by[place]
        told.append(
            BudgetCrossed(
                team_id=team_id, user_id=one.user_id,
                session_id=one.subject if one.limit.scope == "session" else None,
                scope=one.limit.scope, unit=one.limit.unit, percent=percent, period=one.period,
                value=one.limit.shown(one.value), limit=one.limit.shown(one.limit.most), at=now,
            )
        )  # fmt: skip
    return told
