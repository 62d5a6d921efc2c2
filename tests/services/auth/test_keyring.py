"""Keys change under the tokens that were made with them."""

import jwt
import pytest

from services.auth.keyring import KeyChange
from services.commands import keys
from tests.services.auth.world import PASSWORD

JWKS = "/api/auth/jwks.json"


@pytest.fixture
def change(world):
    return KeyChange(world.database, world.clock, world.settings)


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


async def sign_in(world):
    body = {"email": "anna@example.com", "password": PASSWORD}
    answer = await world.browser().post("/api/auth/login", json=body)
    assert answer.status_code == 200
    return answer.json()["access_token"]


async def published(world):
    found = (await world.browser().get(JWKS)).json()["keys"]
    return [key["kid"] for key in found if key["purpose"] == "access"]


async def works(world, token):
    return (await world.bearer(token).get("/api/auth/me")).status_code == 200


def notice(world):
    return world.settings.jwks_cache_seconds + world.settings.key_margin_seconds


async def test_a_new_key_is_published_before_it_signs(world, change):
    await world.register("anna")
    assert await published(world) == [kid_of(await sign_in(world))] == [world.access_key.kid]
    await change.rotate()
    old, new = await published(world)
    world.clock.advance(notice(world) - 1)
    assert kid_of(await sign_in(world)) == old
    world.clock.advance(1)
    assert kid_of(await sign_in(world)) == new
    assert await published(world) == [old, new]


async def test_tokens_of_the_old_key_live_out_their_time(world, change):
    await world.register("anna")
    await change.rotate()
    world.clock.advance(notice(world) - 1)
    token = await sign_in(world)
    world.clock.advance(world.settings.access_token_seconds)
    assert await works(world, token)
    world.clock.advance(world.settings.token_leeway_seconds + world.settings.key_margin_seconds + 1)
    assert len(await published(world)) == 1
    assert not await works(world, token)
    assert await works(world, await sign_in(world))


async def test_a_revoked_key_is_replaced_at_once(world, change):
    await world.register("anna")
    token = await sign_in(world)
    assert await change.revoke(None) == 1
    assert len(await published(world)) == 1
    after = await sign_in(world)
    assert [kid_of(after)] == await published(world)
    assert kid_of(after) != kid_of(token)
    assert await works(world, after)
    world.clock.advance(world.settings.rights_cache_seconds)
    assert not await works(world, token)


async def test_only_the_key_that_signs_is_replaced_when_it_is_revoked(world, change):
    await change.rotate()
    assert await change.revoke(2) == 2
    assert [key.state for key in await change.seen()] == ["signs", "is revoked"]
    assert await change.revoke(2) is None
    assert await change.revoke(7) is None


async def test_what_an_operator_sees(world, change):
    await change.rotate()
    assert [key.state for key in await change.seen()] == ["signs", "waits"]
    world.clock.advance(notice(world))
    assert [key.state for key in await change.seen()] == ["is believed", "signs"]
    world.clock.advance(3600)
    assert [key.state for key in await change.seen()] == ["is past", "signs"]


async def test_the_commands(world, capsys):
    assert await keys.run(world.settings, "rotate", None) == 0
    assert await keys.run(world.settings, "revoke", None) == 0
    assert await keys.run(world.settings, "revoke", 7) == 1
    assert await keys.run(world.settings, "list", None) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0].startswith("Key 2 is published now and signs from ")
    assert "Key 1 is revoked" in said.out
    assert [line.split("  ")[::2] for line in said.out.splitlines()[-3:]] == [
        ["key 1", "is revoked"],
        ["key 2", "waits"],
        ["key 3", "signs"],
    ]
    assert said.err == "There is no such key, or it is revoked already.\n"
