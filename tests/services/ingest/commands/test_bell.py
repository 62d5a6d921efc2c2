"""A machine that waits over HTTPS is told at once, and also when the fan-out says nothing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.contracts.channels import COMMANDS_WAIT, CommandsWait
from services.ingest.commands.bell import Bell
from services.ingest.store import commands as store
from services.ingest.tables import commands
from services.runtime.auth import TeamsCaller
from services.runtime.fanout import Listener
from services.runtime.fanout.memory import MemoryFanout
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.services.ingest.bench import Bench
from tests.support.builders import AGENT, ANNA, OTHER_TEAM, TEAM, make_report
from tests.support.waiting import eventually

OTHER = UUID(int=0x99)
LONG = 3600.0


class Deaf(MemoryFanout):
    """Loses everything that is published."""

    async def listen(self) -> Listener:
        raise ConnectionError("away")


@asynccontextmanager
async def ringing(
    bench: Bench, fanout: type[MemoryFanout] = MemoryFanout, check: float = LONG
) -> AsyncIterator[tuple[Bell, MemoryFanout]]:
    settings = Settings(command_check_seconds=check)
    opened = fanout(settings, bench.clock, Metrics())
    bell = Bell(bench.database, opened, settings, bench.clock)
    await bell.start()
    try:
        yield bell, opened
    finally:
        await bell.stop()


async def waiting(bell: Bell, agents: Sequence[UUID] = (AGENT,), team: UUID = TEAM) -> set[UUID]:
    """Which of these heard it ring; the others wait for ever."""

    async def wait(agent: UUID) -> UUID:
        async with bell.at(agent, team) as rung:
            await rung.wait(LONG)
            return agent

    tasks = [asyncio.create_task(wait(agent)) for agent in agents]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return {task.result() for task in done}


async def heard(fanout: MemoryFanout) -> None:
    """Until somebody listens: what is said before is said to nobody."""
    waits = CommandsWait(agent_id=AGENT).model_dump_json().encode()
    await fanout.publish(COMMANDS_WAIT, b"no message at all")
    while True:
        await fanout.publish(COMMANDS_WAIT, waits)
        await asyncio.sleep(0.005)


async def ask(bench: Bench) -> None:
    """Something waits for Anna's machine."""
    await bench.take(make_report())
    session = await bench.session()
    now = bench.clock.now()
    row = {
        "id": uuid4(), "team_id": TEAM, "session_id": session["id"], "owner_id": ANNA, "agent_id": AGENT,
        "kind": "refresh", "status": "pending", "asked_by": ANNA, "asked_as": "owner", "asked_sid": "s",
        "created_at": now, "expires_at": now + timedelta(minutes=10),
    }  # fmt: skip
    async with bench.database.write(TeamsCaller.of({TEAM})) as connection:
        await connection.execute(commands.insert().values(**row))


async def test_another_process_rings_by_the_fan_out(bench: Bench) -> None:
    async with ringing(bench) as (bell, fanout):
        saying = asyncio.create_task(heard(fanout))
        assert await waiting(bell, (AGENT, OTHER)) == {AGENT}
        saying.cancel()


async def test_what_the_fan_out_lost_is_found_in_the_database(bench: Bench) -> None:
    async with ringing(bench, Deaf, check=0.01) as (bell, _):
        ringing_ = asyncio.create_task(waiting(bell, (AGENT, OTHER)))
        await ask(bench)
        assert await ringing_ == {AGENT}


async def test_another_teams_wait_finds_nothing(bench: Bench) -> None:
    await ask(bench)
    async with bench.database.read(TeamsCaller.of({OTHER_TEAM})) as connection:
        found = await store.summoned(TeamsCaller.of({OTHER_TEAM}), connection, bench.clock.now())
    assert found == set()


async def test_what_rang_before_the_wait_counts(bench: Bench) -> None:
    async with ringing(bench) as (bell, _), bell.at(AGENT, TEAM) as rung:
        bell.ring(AGENT)
        await rung.wait(LONG)


@pytest.mark.parametrize("when", ["before", "while"])
async def test_nobody_waits_for_a_server_that_ends(bench: Bench, when: str) -> None:
    async with ringing(bench) as (bell, _):
        if when == "before":
            bell.close()
        task = asyncio.create_task(waiting(bell))
        await asyncio.sleep(0)
        bell.close()
        assert await task == {AGENT}


async def test_whoever_went_away_is_forgotten(bench: Bench) -> None:
    async with ringing(bench, check=0.001) as (bell, _):
        async with bell.at(AGENT, TEAM):
            pass
        bell.ring(AGENT)
        await eventually(lambda: not bell._waiting and not +bell._teams)
