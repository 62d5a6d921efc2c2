"""One composition over either set of back ends: what one service stores, every other learns."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Table, select

from services.analytics import tables as analytics
from services.contracts.channels import SessionChanged, team_channel, user_channel
from services.insight import tables as insight
from services.runtime.fanout import Entry
from services.targets import Composition
from tests.support.builders import make_report
from tests.support.compositions import Stack, open_stack, settings_for
from tests.support.rows import every_row
from tests.support.waiting import eventually

pytestmark = pytest.mark.composed

SESSIONS = "/api/sessions"


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
async def stack(request, tmp_path):
    """The whole product in this process: on SQLite and memory, or on PostgreSQL, RabbitMQ and Redis."""
    urls = ()
    if request.param == "servers":
        urls = tuple(request.getfixturevalue(name) for name in ("postgres_url", "amqp_url", "redis_url"))
    async with open_stack(settings_for(tmp_path, *urls)) as opened:
        yield opened


async def copies(stack: Stack, table: Table) -> list[tuple[str | None, int, bool]]:
    async with every_row(stack.built.database) as connection:
        rows = (await connection.execute(select(table))).mappings().all()
    return [(row["body"] and row["body"]["session"]["title"], row["version"], row["deleted"]) for row in rows]


async def soon(heard: AsyncIterator[Entry]) -> Entry:
    async with asyncio.timeout(60):
        return await anext(heard)


async def become(stack: Stack, *expected: tuple[str | None, int, bool]) -> None:
    """Wait until both copies of the sessions hold this."""
    for table in (analytics.sessions, insight.sessions):

        async def is_there(table: Table = table) -> bool:
            return await copies(stack, table) == list(expected)

        await eventually(is_there)


async def listed(client) -> list[dict]:
    return (await client.get(SESSIONS)).json()["items"]


async def test_a_report_reaches_every_service_and_its_listeners(stack):
    anna = await stack.person("anna")
    machine = await stack.machine(anna)
    listener = await stack.built.fanout.listen()
    await listener.add(user_channel(anna.team_id, anna.user_id))
    await listener.add(team_channel(anna.team_id))
    assert (await machine.send(make_report(title="one"))).status_code == 202
    await become(stack, ("one", 1, False))
    (session,) = await listed(anna.browser)
    heard = aiter(listener)
    first = await soon(heard)
    told = SessionChanged.model_validate_json(first.payload)
    assert (first.channel, str(told.session.id), told.created) == (
        user_channel(anna.team_id, anna.user_id), session["id"], True,
    )  # fmt: skip

    await anna.browser.put(f"{SESSIONS}/{session['id']}", json={"title": "mine", "visibility": "team"})
    await become(stack, ("mine", 2, False))
    assert (await soon(heard)).channel == team_channel(anna.team_id)

    assert (await anna.browser.delete(f"{SESSIONS}/{session['id']}")).status_code == 204
    await become(stack, (None, 3, True))
    assert b"session_gone" in (await soon(heard)).payload
    await machine.send(make_report(2, title="again"), make_report(3, "other", title="two"))
    await become(stack, (None, 3, True), ("two", 1, False))
    await listener.close()


async def test_names_and_team_settings_reach_ingest(stack):
    anna = await stack.person("anna")
    machine = await stack.machine(anna)
    stack.clock.advance(seconds=1)  # the newest of two messages wins, and time stands still here
    settings = {"settings": {"default_visibility": "team"}}
    assert (await anna.browser.put(f"/api/teams/{anna.team_id}", json=settings)).status_code == 200
    number = 0

    async def is_shared() -> bool:
        nonlocal number
        number += 1
        await machine.send(make_report(1, f"native-{number}"))
        return any(one["visibility"] == "team" for one in await listed(anna.browser))

    await eventually(is_shared)


async def test_everything_is_ready_and_measured(stack):
    client = stack.client()

    async def ready() -> bool:
        return (await client.get("/readyz")).status_code == 200

    await eventually(ready)
    parts = (await client.get("/readyz")).json()["parts"]
    assert set(parts) == {"auth", "ingest", "analytics", "insight", "gateway", "local"}
    assert "td_reports_stored_total" in (await client.get("/metrics")).text


@pytest.mark.parametrize("lacking", ["auth_url", "ingest_url"])
def test_a_part_alone_must_be_told_where_the_others_are(tmp_path, lacking):
    urls = {"auth_url": "http://auth", "ingest_url": "http://ingest"} | {lacking: ""}
    settings = settings_for(tmp_path, bus_url="amqp://127.0.0.1:1", fanout_url="redis://127.0.0.1:1", **urls)
    with pytest.raises(ValueError, match="AUTH_URL and INGEST_URL"):
        Composition(settings, ["gateway"]).build()


def test_replicas_need_a_shared_secret(tmp_path):
    settings = settings_for(
        tmp_path, bus_url="amqp://127.0.0.1:1", fanout_url="redis://127.0.0.1:1", jwt_secret=None
    )
    with pytest.raises(ValueError, match="JWT_SECRET"):
        Composition(settings, ["auth"])
