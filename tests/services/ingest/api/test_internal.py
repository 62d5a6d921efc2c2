"""What gateways ask ingest: the sessions of an audience, for those who know the secret."""

from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.contracts.channels import Snapshot
from services.runtime.host.documents import answer_problems
from tests.services.ingest.api.team import open_team
from tests.support.builders import after


@pytest.fixture
async def inside(database_url, tmp_path):
    """A team, and a client of ingest's inner routes that knows the secret."""
    async with open_team(database_url, tmp_path, snapshot_sessions=3) as team:
        app = FastAPI()
        answer_problems(app)
        (ingest,) = [part for part in team.stack.built.parts if part.name == "ingest"]
        for router in ingest.internal_routers:
            app.include_router(router)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://ingest") as client:
            secret = team.stack.settings.internal_secret.get_secret_value()
            client.headers["X-Internal-Secret"] = secret
            yield team, client


async def asked(client, **params):
    answer = await client.get("/internal/snapshot", params={key: str(value) for key, value in params.items()})
    assert answer.status_code == 200, answer.text
    return Snapshot.model_validate_json(answer.content)


async def test_each_audience_gets_its_own_and_no_more(inside):
    team, client = inside
    private, of_ben = await team.session(title="Secret plan"), await team.session(team.bens, "b")
    shared = await team.shared(native_id="shared")
    team_id, anna, ben = team.anna.team_id, team.anna.user_id, team.ben.user_id

    async def names(**params):
        return {str(one.id) for one in (await asked(client, **params)).sessions}

    assert await names(team_id=team_id) == {shared["id"]}
    assert await names(team_id=team_id, owner_id=anna) == {private["id"]}
    assert await names(team_id=team_id, owner_id=ben) == {of_ben["id"]}
    assert await names(team_id=team.olga.team_id) == set()
    assert await names(team_id=team.olga.team_id, owner_id=anna) == set()
    assert await names(team_id=team_id, session_id=private["id"]) == set()
    assert await names(team_id=team_id, owner_id=ben, session_id=private["id"]) == set()
    assert await names(team_id=team_id, owner_id=anna, session_id=private["id"]) == {private["id"]}
    assert await names(team_id=team_id, session_id=uuid4()) == set()


async def test_a_session_is_as_the_api_gives_it(inside):
    team, client = inside
    shared = await team.shared()
    (one,) = (await asked(client, team_id=team.anna.team_id)).sessions
    assert one.model_dump(mode="json") == shared


async def test_the_newest_come_and_more_are_told_of(inside):
    team, client = inside
    team.stack.clock.advance(hours=1)
    made = [await team.shared(native_id=str(n), last_activity_at=after(minutes=n)) for n in range(4)]
    snapshot = await asked(client, team_id=team.anna.team_id)
    assert ([str(one.id) for one in snapshot.sessions], snapshot.truncated) == (
        [one["id"] for one in reversed(made[1:])],
        True,
    )


async def test_what_ended_long_ago_is_left_out_unless_it_is_asked_for(inside):
    team, client = inside
    old = await team.shared(native_id="old", status="ended", ended_at=after(seconds=1))
    await team.shared(native_id="live")
    team.stack.clock.advance(hours=25)
    snapshot = await asked(client, team_id=team.anna.team_id)
    assert [one.native_id for one in snapshot.sessions] == ["live"]
    assert snapshot.truncated is False
    alone = await asked(client, team_id=team.anna.team_id, session_id=old["id"])
    assert [one.native_id for one in alone.sessions] == ["old"]


@pytest.mark.parametrize("secret", [None, "", "wrong", "é"])
async def test_without_the_secret_there_is_nothing(inside, secret):
    team, client = inside
    del client.headers["X-Internal-Secret"]
    headers = {} if secret is None else {"X-Internal-Secret": secret.encode()}
    params = {"team_id": str(team.anna.team_id)}
    answer = await client.get("/internal/snapshot", params=params, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
