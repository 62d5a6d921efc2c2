"""What is kept long enough goes, and nothing else does."""

import pytest

from services.contracts.sessions import SessionDeleted
from services.ingest import tables
from services.ingest.burial import Burial
from services.ingest.retention import AT_ONCE, Retention
from tests.support.builders import OTHER_TEAM, after, make_event, make_report

DAYS = 30


@pytest.fixture
def retention(bench):
    return Retention(bench.database, Burial(bench.outbox, bench.clock), bench.clock, bench.metrics)


async def reported(bench, *sessions):
    """Sessions by name, each with its status and when it was last active."""
    for n, (name, status, at) in enumerate(sessions, start=1):
        facts = {"status": status, "started_at": at, "last_activity_at": at}
        ended = {"ended_at": at} if status == "ended" else {}
        await bench.take(make_report(n, name, events=[make_event(name)], **facts | ended))


async def living(bench):
    return {row["native_id"] for row in await bench.rows(tables.sessions) if row["deleted_at"] is None}


async def test_exactly_what_is_due_is_deleted_and_told(bench, retention):
    await bench.set_team({"retention_days": DAYS})
    old, young = after(days=-DAYS, seconds=-1), after(days=-DAYS, seconds=1)
    await reported(bench, ("old", "ended", old), ("young", "ended", young), ("idle", "idle", old))
    await retention.step()
    assert await living(bench) == {"young", "idle"}
    told = [row for row in await bench.rows(tables.outbox) if row["routing_key"] == "session.deleted"]
    (gone,) = [SessionDeleted.model_validate_json(row["body"]) for row in told]
    tombstone = next(row for row in await bench.rows(tables.sessions) if row["deleted_at"] is not None)
    assert (gone.session_id, gone.version) == (tombstone["id"], tombstone["version"])
    assert tombstone["title"] is None
    for table in tables.CHILDREN:
        assert tombstone["id"] not in {row["session_id"] for row in await bench.rows(table)}
    assert bench.metrics.registry.get_sample_value("td_retired_total", {"kind": "sessions"}) == 1
    await retention.step()
    bench.clock.advance(seconds=2)
    await retention.step()
    assert await living(bench) == {"idle"}


async def test_of_a_team_that_keeps_everything_nothing_goes(bench, retention):
    await reported(bench, ("old", "ended", after(days=-4_000)))
    for settings in ({}, {"retention_days": None}):
        bench.clock.advance(seconds=1)
        await bench.set_team(settings)
        await retention.step()
    await bench.set_team({"retention_days": 1}, OTHER_TEAM)
    await retention.step()
    assert await living(bench) == {"old"}


async def test_many_go_in_steps(bench, retention):
    await bench.set_team({"retention_days": 1})
    many = AT_ONCE + 5
    await bench.take(
        *(
            make_report(n, f"old {n}", events=[make_event()], status="ended", last_activity_at=after(days=-2))
            for n in range(1, many + 1)
        )
    )
    await retention.step()
    assert await living(bench) == set()
    assert await bench.rows(tables.session_events) == []
