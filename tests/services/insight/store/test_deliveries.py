"""A webhook that goes while somebody delivers to it: neither waits for the other forever."""

import asyncio
from uuid import uuid4

from sqlalchemy import insert

from services.insight import tables
from services.insight.posting import resolve
from services.insight.store import deliveries, webhooks
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from tests.services.insight.desk import HOME, Desk, caller
from tests.support.builders import TEAM
from tests.support.fixtures import database_with
from tests.support.waiting import eventually, somebody_waits

database_url = database_with("insight")


async def taken(desk):
    """A delivery to a webhook, as whoever delivers it has taken it."""
    now = desk.clock.now()
    row = {
        "id": uuid4(), "team_id": TEAM, "kind": "slack", "name": "ours", "url": "https://hooks.slack.com/x",
        "events": ["health_alert"], "enabled": True, "version": 1, "created_at": now, "secret": None,
        "updated_at": now, "last_status": None,
    }  # fmt: skip
    async with desk.database.write(HOME) as connection:
        await connection.execute(insert(tables.webhooks).values(**row))
    await desk.put(score=30)
    async with desk.database.write(NOBODY) as connection:
        return await deliveries.take(None, connection, now, now)


async def settle(desk, delivery):
    async with desk.database.write(HOME) as connection:
        return await deliveries.settle(HOME, connection, delivery, {"status": "delivered"})


async def test_a_webhook_goes_while_what_became_of_a_delivery_is_noted(database_url, tmp_path):
    desk = Desk(Settings(data_dir=tmp_path), database_url, resolve)
    await desk.gather()
    delivery = await taken(desk)
    async with desk.database.write(HOME) as connection:
        await webhooks.find(HOME, connection, delivery["webhook_id"], lock=True)
        settling = asyncio.create_task(settle(desk, delivery))
        if desk.database.dialect == "postgresql":
            await eventually(lambda: somebody_waits(desk.database))
        await webhooks.remove(caller(), connection, delivery["webhook_id"])
    assert await settling is None
    assert await desk.rows(tables.webhook_deliveries) == []
    await desk.database.close()
