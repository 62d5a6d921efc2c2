"""The door: every kind of caller at every kind of route."""

from typing import Annotated
from uuid import UUID

import pytest
from fastapi import APIRouter, Depends
from sqlalchemy import update

from services.auth.store import memberships
from services.auth.tables import memberships as members
from services.runtime.auth import ANONYMOUS, Caller
from services.runtime.auth.access import Claims, sign
from services.runtime.auth.api_token import ApiToken
from services.runtime.errors import Problem
from tests.services.auth.world import open_world
from tests.support.rows import every_row

KINDS = ("caller", "person", "reading", "writing", "admin", "agent")


def probes(gate):
    """A route for each of the gate's dependencies."""
    router = APIRouter()

    def add(kind):
        @router.get(f"/probe/{kind}")
        async def probe(caller: Annotated[Caller, Depends(getattr(gate, kind))]) -> dict[str, str]:
            return {"sid": caller.sid, "team": str(caller.team_id), "role": str(caller.role)}

    for kind in KINDS:
        add(kind)
    return router


@pytest.fixture
async def world(database_url, tmp_path):
    async with open_world(database_url, tmp_path, routers=probes) as opened:
        yield opened


async def statuses(browser):
    return [(await browser.get(f"/probe/{kind}")).status_code for kind in KINDS]


async def set_role(world, user, role):
    async with every_row(world.database) as connection:
        await connection.execute(
            update(members).where(members.c.user_id == UUID(user["id"])).values(role=role)
        )
    world.rights.drop()


async def test_nobody_gets_in_without_a_token(world):
    answer = await world.browser().get("/probe/caller")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert await statuses(world.browser()) == [401] * 6
    for value in ("Basic YTpi", "Bearer", "Bearer ", "Bearer x", "lsm_x"):
        browser = world.browser()
        browser.headers["Authorization"] = value
        assert await statuses(browser) == [401] * 6


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("admin", [200, 200, 200, 200, 200, 403]),
        ("member", [200, 200, 200, 200, 403, 403]),
        ("viewer", [200, 200, 200, 403, 403, 403]),
    ],
)
async def test_a_log_in_may_what_its_role_of_now_allows(world, role, expected):
    """The token still says admin."""
    browser, body = await world.register("anna")
    await set_role(world, body["user"], role)
    assert await statuses(browser) == expected


async def test_without_a_team_there_is_nothing_to_see(world):
    browser, _ = await world.register("solo", team_name=None)
    assert await statuses(browser) == [200, 200, 403, 403, 403, 403]
    assert (await browser.get("/probe/reading")).json()["code"] == "no_team"


@pytest.mark.parametrize(
    ("scopes", "role", "expected"),
    [
        (["agent"], "admin", [403, 403, 403, 403, 403, 200]),
        (["read"], "admin", [200, 403, 200, 403, 403, 403]),
        (["write"], "admin", [403, 403, 403, 200, 200, 403]),
        (["read", "write"], "member", [200, 403, 200, 200, 403, 403]),
        (["agent", "read", "write"], "member", [200, 403, 200, 200, 403, 200]),
        (["agent", "read", "write"], "viewer", [200, 403, 200, 403, 403, 403]),
    ],
)
async def test_a_token_may_the_smaller_of_scopes_and_role(world, scopes, role, expected):
    browser, body = await world.register("anna")
    token = await world.token(browser, *scopes)
    await set_role(world, body["user"], role)
    assert await statuses(world.bearer(token["token"])) == expected


async def test_a_changed_secret_or_unknown_id_is_refused(world):
    browser, _ = await world.register("anna")
    token = await world.token(browser, "read")
    other = ApiToken.make()
    forged = other.text.replace(other.id, token["id"])
    for text in (other.text, forged, _with_checksum(other, token["id"]), token["token"][:-1]):
        assert (await world.bearer(text).get("/probe/caller")).status_code == 401


def _with_checksum(other, identity):
    from services.runtime.auth.api_token import _check

    body = other.text[:-6].replace(other.id, identity)
    return body + _check(body)


async def test_a_token_expires(world):
    browser, _ = await world.register("anna")
    answer = await browser.post(
        "/api/auth/tokens", json={"name": "x", "scopes": ["read"], "expires_at": "2026-03-01T13:00:00Z"}
    )
    bearer = world.bearer(answer.json()["token"])
    world.clock.advance(3599)
    assert (await bearer.get("/probe/caller")).status_code == 200
    world.clock.advance(1)
    assert (await bearer.get("/probe/caller")).status_code == 401


async def test_the_sid_of_one_is_no_key_for_another(world):
    """A good signature over somebody else's log-in: person and log-in must belong together."""
    _, anna = await world.register("anna")
    _, ben = await world.register("ben")
    mine = await world.gate.check(anna["access_token"])
    theirs = await world.gate.check(ben["access_token"])
    token = await world.token(world.bearer(ben["access_token"]), "read")
    now = int(world.clock.now().timestamp())
    for sid, user, team in (
        (theirs.sid, mine.user_id, mine.team_id),
        (mine.sid, mine.user_id, theirs.team_id),
        (token["id"], theirs.user_id, theirs.team_id),
        ("nobody", mine.user_id, mine.team_id),
    ):
        claims = Claims(
            sub=str(user),
            jti="j",
            sid=sid,
            ver=0,
            iat=now,
            exp=now + 60,
            user_id=user,
            team_id=team,
            role="admin",
        )
        with pytest.raises(Problem) as caught:
            await world.gate.check(sign(claims, world.access_key))
        assert caught.value.status == 401


async def test_a_key_of_the_command_kind_signs_no_access(world):
    _, body = await world.register("anna")
    caller = await world.gate.check(body["access_token"])
    now = int(world.clock.now().timestamp())
    claims = Claims(
        sub=str(caller.user_id), jti="j", sid=caller.sid, ver=0, iat=now, exp=now + 60,
        user_id=caller.user_id, team_id=caller.team_id, role="admin",
    )  # fmt: skip
    with pytest.raises(Problem) as caught:
        await world.gate.check(sign(claims, world.command_key))
    assert caught.value.status == 401


async def test_still_valid_reads_the_rights_of_this_moment(world):
    browser, body = await world.register("anna")
    caller = await world.gate.check(body["access_token"])
    assert await world.gate.still_valid(caller) == caller
    async with every_row(world.database) as connection:
        await connection.execute(update(members).values(role="viewer"))
    # No message has come, and what is kept is not asked.
    now = await world.gate.still_valid(caller)
    assert (now.role, now.scopes) == ("viewer", frozenset({"read"}))
    await browser.post("/api/auth/logout")
    assert await world.gate.still_valid(caller) is None


async def test_still_valid_ends_with_the_membership(world):
    browser, body = await world.register("anna")
    token = await world.token(browser, "read")
    callers = [await world.gate.check(text) for text in (body["access_token"], token["token"])]
    async with every_row(world.database) as connection:
        await connection.execute(members.delete())
    assert [await world.gate.still_valid(caller) for caller in callers] == [None, None]


async def test_a_removed_member_is_out(world):
    browser, _ = await world.register("anna")
    async with every_row(world.database) as connection:
        await connection.execute(members.delete())
    world.rights.drop()
    assert await statuses(browser) == [401] * 6


async def test_someone_in_two_teams_without_a_chosen_one_has_none(world):
    browser, body = await world.register("solo", team_name=None)
    user = UUID(body["user"]["id"])
    for name in ("ben", "eva"):
        _, other = await world.register(name)
        async with every_row(world.database) as connection:
            await memberships.add(
                ANONYMOUS, connection, user, UUID(other["user"]["team_id"]), "member", world.clock.now()
            )
        world.rights.drop()
        seen = (await browser.get("/probe/caller")).json()["team"]
        assert seen == (other["user"]["team_id"] if name == "ben" else "None")
