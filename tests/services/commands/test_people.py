"""`user reset` and `audit verify`, beside a running service."""

from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from services.auth.tables import audit_chains, audit_entries, outbox
from services.commands import people
from services.contracts.channels import RightsChanged
from tests.services.auth.world import PASSWORD, open_world
from tests.support.rows import every_row

LOGIN = "/api/auth/login"


@pytest.fixture
async def world(database_url, tmp_path):
    async with open_world(database_url, tmp_path) as opened:
        yield opened


async def sign_in(world, password):
    body = {"email": "anna@example.com", "password": password}
    return (await world.browser().post(LOGIN, json=body)).status_code


async def test_a_reset_password_is_the_only_one(world, capsys):
    anna, body = await world.register("anna")
    listener = await world.fanout.listen()
    await listener.add("control")
    assert await people.reset(world.settings, "ANNA@example.com") == 0
    password = capsys.readouterr().out.splitlines()[0].removeprefix("New password: ")
    told = RightsChanged.model_validate_json((await anext(aiter(listener))).payload)
    await listener.close()
    assert str(told.user_id) == body["user"]["id"]
    # The running server heard it through its outbox, and nothing is left there.
    assert await sign_in(world, PASSWORD) == 401
    assert await sign_in(world, password) == 200
    world.rights.drop(user_id=told.user_id)
    assert (await anna.get("/api/auth/me")).status_code == 401


async def test_an_unknown_address_is_said_to_be_so(world, capsys):
    assert await people.reset(world.settings, "nobody@example.com") == 1
    assert "no account" in capsys.readouterr().err
    async with every_row(world.database) as connection:
        assert (await connection.execute(select(outbox))).all() == []


async def test_the_audit_log_is_whole_until_somebody_changes_it(world, capsys):
    _, body = await world.register("anna")
    await world.register("ben")
    assert await people.verify_audit(world.settings) == 0
    assert capsys.readouterr().out == "4 entries, 0 broken logs\n"
    mine = audit_entries.c.team_id == UUID(body["user"]["team_id"])
    async with every_row(world.database) as connection:
        await connection.execute(update(audit_entries).where(mine).values(action="login.ended"))
    assert await people.verify_audit(world.settings) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"team {body['user']['team_id']}: entry 1 was changed", "4 entries, 1 broken logs",
    ]  # fmt: skip


async def test_a_shortened_log_is_not_whole(world, capsys):
    _, body = await world.register("anna")
    mine = audit_entries.c.team_id == UUID(body["user"]["team_id"])
    async with every_row(world.database) as connection:
        await connection.execute(delete(audit_entries).where(mine, audit_entries.c.n == 2))
        (chain,) = (await connection.execute(select(audit_chains))).all()
    assert chain.last_n == 2
    assert await people.verify_audit(world.settings) == 1
    assert "entries after 1 are missing" in capsys.readouterr().out
