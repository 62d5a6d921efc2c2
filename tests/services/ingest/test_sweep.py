"""A machine falls silent: its sessions are idle, then ended, and live again once it is heard from."""

import pytest

from services.ingest import tables
from services.ingest.sweep import AT_ONCE
from tests.support.builders import EPOCH, START, after, heartbeat, make_report, message
from tests.support.rows import every_row


async def seen(bench):
    row = await bench.session()
    return row["status"], row["status_reason"], row["ended_at"]


async def outbox(bench):
    return [(row["kind"], row["routing_key"]) for row in await bench.rows(tables.outbox)]


async def test_silence_makes_idle_then_ended_then_a_heartbeat_revives(bench):
    await bench.take(make_report(status="waiting", status_reason="asks for leave"))
    bench.clock.advance(seconds=90)
    assert await bench.sweep.once() == 0
    bench.clock.advance(seconds=1)
    assert await bench.sweep.once() == 1
    assert await seen(bench) == ("idle", "its machine is not heard from", None)
    assert await outbox(bench) == [("topic", "session.state"), ("fanout", "")]
    assert await bench.sweep.once() == 0
    bench.clock.advance(minutes=30)
    assert await bench.sweep.once() == 1
    assert await seen(bench) == ("ended", "its machine is not heard from", START)
    assert await bench.sweep.once() == 0
    bench.forget()
    await bench.take(heartbeat())
    assert await seen(bench) == ("waiting", "asks for leave", None)
    (state,) = bench.states()
    assert (state.session.status, state.session.version) == ("waiting", 4)


async def test_an_agent_that_introduces_itself_anew_revives_its_sessions_too(bench):
    await bench.take(make_report())
    bench.clock.advance(minutes=2)
    await bench.sweep.once()
    await bench.introduce()
    await bench.take(heartbeat())
    assert (await seen(bench))[0] == "active"


async def test_a_report_of_a_private_session_wakes_that_one_alone(bench):
    """Else it would show in what others see of the machine."""
    await bench.take(make_report(1), make_report(2, "native-2"))
    bench.clock.advance(minutes=2)
    assert await bench.sweep.once() == 2
    (before,) = await bench.rows(tables.agents)
    await bench.take(make_report(3))
    rows = {row["native_id"]: row for row in await bench.rows(tables.sessions)}
    assert (rows["native-1"]["status"], rows["native-2"]["status"]) == ("active", "idle")
    (agent,) = await bench.rows(tables.agents)
    assert agent == before | {"epoch": EPOCH, "n": 3}


async def test_a_private_session_lives_by_its_own_reports(bench):
    """Its machine was not heard from otherwise."""
    await bench.take(make_report(1))
    bench.clock.advance(seconds=80)
    await bench.take(make_report(2))
    bench.clock.advance(seconds=80)
    assert await bench.sweep.once() == 0
    bench.clock.advance(seconds=20)
    assert await bench.sweep.once() == 1


async def test_a_report_of_a_shared_session_wakes_all_of_its_machine(bench):
    await bench.set_team({"default_visibility": "team"})
    await bench.take(make_report(1))
    bench.clock.advance(seconds=1)
    await bench.set_team({"default_visibility": "private"})
    await bench.take(make_report(2, "native-2"))
    bench.clock.advance(minutes=2)
    assert await bench.sweep.once() == 2
    await bench.take(make_report(3, status="ended", ended_at=after(minutes=1)))
    rows = {row["native_id"]: row for row in await bench.rows(tables.sessions)}
    assert (rows["native-1"]["status"], rows["native-1"]["ended_at"]) == ("ended", after(minutes=1))
    assert (rows["native-2"]["status"], rows["native-2"]["silence"]) == ("active", 0)
    (agent,) = await bench.rows(tables.agents)
    assert agent["last_seen_at"] == bench.clock.now()


async def test_what_has_ended_is_left_alone(bench):
    await bench.take(make_report(status="ended", ended_at=START))
    bench.clock.advance(days=1)
    assert await bench.sweep.once() == 0


async def test_an_end_is_told_once(bench):
    await bench.take(make_report())
    bench.clock.advance(hours=1)
    assert await bench.sweep.once() == 1
    bodies = [row["body"] for row in await bench.rows(tables.outbox) if row["kind"] == "fanout"]
    assert [b'"ended":true' in body for body in bodies] == [True]


@pytest.mark.parametrize(("minutes", "status"), [(14, "active"), (16, "idle"), (119, "idle"), (121, "ended")])
async def test_a_script_goes_by_its_last_report(bench, minutes, status):
    await bench.take(message(make_report(), agent="script"))
    bench.clock.advance(minutes=minutes)
    await bench.sweep.once()
    assert (await seen(bench))[0] == status


async def test_a_deleted_session_is_not_swept(bench):
    await bench.take(make_report())
    async with every_row(bench.database) as connection:
        await connection.execute(tables.sessions.update().values(deleted_at=START))
    bench.clock.advance(days=1)
    assert await bench.sweep.once() == 0


async def test_more_than_fit_at_once_are_settled_one_after_the_other(bench):
    await bench.take(*(make_report(n, f"native-{n}") for n in range(1, AT_ONCE + 3)))
    bench.clock.advance(minutes=2)
    assert [await bench.sweep.once() for _ in range(3)] == [AT_ONCE, 2, 0]
    assert {row["status"] for row in await bench.rows(tables.sessions)} == {"idle"}


async def test_health_counts_the_silence_until_the_end(bench):
    await bench.take(make_report())
    before = (await bench.session())["health_score"]
    bench.clock.advance(minutes=20)
    await bench.sweep.once()
    idle = (await bench.session())["health_score"]
    assert idle < before
    bench.clock.advance(minutes=20)
    await bench.sweep.once()
    assert (await bench.session())["health_score"] > idle
