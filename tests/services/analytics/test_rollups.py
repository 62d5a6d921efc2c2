from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from services.analytics import tables
from services.analytics.rollups import Rollups
from services.runtime.auth import TeamsCaller
from tests.services.analytics.bench import Bench, open_bench, state_of
from tests.support.builders import make_usage
from tests.support.compositions import MovableClock
from tests.support.fixtures import database_with

database_url = database_with("analytics")
TEAMS = [UUID(int=number) for number in (1, 2, 3)]


class Slow(MovableClock):
    """Each look at it is four seconds later."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        self.looks += 1
        return 4.0 * self.looks

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def left(bench: Bench) -> set[UUID]:
    """The teams that have hours to roll up."""
    async with bench.database.read(TeamsCaller.of(TEAMS)) as connection:
        found = await connection.execute(tables.dirty.select().distinct())
        return {row.team_id for row in found}


async def test_a_step_is_short_and_the_next_goes_on_with_other_teams(
    database_url: str, tmp_path: Any
) -> None:
    async with open_bench(database_url, tmp_path, analytics_settle_seconds=1.0) as bench:
        busy, versions = TEAMS[0], count(1)

        async def change(*teams: UUID) -> None:
            version = next(versions)
            uses = [make_usage(input=version)]
            await bench.take(*(state_of(uses, team_id=team, version=version) for team in teams))

        clock = Slow()
        rollups = Rollups(bench.database, bench.settings, clock)
        await change(*TEAMS)
        seen = []
        for _ in TEAMS:
            clock.at = bench.clock.at + timedelta(minutes=1)
            assert await rollups.step()
            seen.append(await left(bench))
            await change(busy)
        assert seen == [{TEAMS[1], TEAMS[2]}, {busy, TEAMS[2]}, {busy}]
        assert clock.slept == [3 * 4.0] * 3


async def test_it_says_when_all_is_done(database_url: str, tmp_path: Any) -> None:
    async with open_bench(database_url, tmp_path, analytics_settle_seconds=1.0) as bench:
        await bench.take(*(state_of([make_usage()], team_id=team) for team in TEAMS))
        assert not await bench.rollups.step()
        assert await left(bench) == set(TEAMS)
        bench.clock.advance(minutes=1)
        assert not await bench.rollups.step()
        assert await left(bench) == set()
