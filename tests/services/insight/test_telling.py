"""What of insights is told to other services, in the transaction that makes it true."""

from uuid import UUID

import pytest
from sqlalchemy import select

from services.contracts.channels import Tidings
from services.contracts.insights import InsightDeleted, InsightShared
from services.insight import tables
from services.insight.domain.views import Known, insight_view
from services.insight.telling import Telling
from services.runtime.auth import TeamsCaller
from services.runtime.db import open_database
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings
from tests.services.ingest.bench import Sink
from tests.support.builders import BEN, START, TEAM
from tests.support.compositions import MovableClock
from tests.support.fixtures import database_with

database_url = database_with("insight")
HOME = TeamsCaller.of({TEAM})
ID = UUID(int=7)
ROW = {
    "id": ID, "team_id": TEAM, "shared_by": BEN, "type": "learning", "title": "t", "content": "c", "tags": [],
    "state": "proposed", "origin": "person", "session_id": None, "moment": None, "evidence": None,
    "upvotes": 0, "comments": 0, "version": 1, "revision": 1, "created_at": START, "updated_at": START,
}  # fmt: skip


@pytest.fixture
async def database(database_url, tmp_path):
    opened = open_database(database_url, Settings(data_dir=tmp_path))
    yield opened
    await opened.close()


async def test_services_hear_what_was_shared_and_deleted_and_pages_of_all_of_it(database, tmp_path):
    clock = MovableClock()
    settings = Settings(data_dir=tmp_path)
    telling = Telling(Outbox(database, tables.outbox, Sink(), Sink(), settings, clock), clock)
    async with database.write(HOME) as connection:
        await telling.shared(connection, ROW, insight_view(ROW, Known({BEN: "ben"})))
        await telling.changed(connection, ROW | {"revision": 2, "upvotes": 1})
        await telling.deleted(connection, ROW | {"shared_by": None, "origin": "detected"})
    async with database.read(HOME) as connection:
        query = select(tables.outbox).order_by(tables.outbox.c.id)
        rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    events = [row for row in rows if row["kind"] == "topic"]
    assert [row["routing_key"] for row in events] == ["insight.shared", "insight.deleted"]
    known = {"team_id": TEAM, "insight_id": ID, "at": START}
    assert InsightShared.model_validate_json(events[0]["body"]) == InsightShared(
        user_id=BEN, origin="person", **known
    )
    assert InsightDeleted.model_validate_json(events[1]["body"]) == InsightDeleted(
        user_id=None, origin="detected", **known
    )
    shown = [Tidings.model_validate_json(row["body"]) for row in rows if row["kind"] == "fanout"]
    assert [(one.frame, one.id) for one in shown] == [
        ("insight_shared", f"shared {ID}"),
        ("insight_updated", f"insight {ID}"),
        ("insight_deleted", f"insight {ID}"),
    ]
    assert {row["target"] for row in rows if row["kind"] == "fanout"} == {f"team:{TEAM}"}


async def test_what_is_rolled_back_is_told_to_nobody(database, tmp_path):
    clock = MovableClock()
    settings = Settings(data_dir=tmp_path)
    telling = Telling(Outbox(database, tables.outbox, Sink(), Sink(), settings, clock), clock)

    async def fail():
        async with database.write(HOME) as connection:
            await telling.changed(connection, ROW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.read(HOME) as connection:
        assert (await connection.execute(select(tables.outbox))).all() == []
