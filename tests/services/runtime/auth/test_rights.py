"""Rights: as the database has them, kept briefly, dropped at once."""

import asyncio
from uuid import UUID

import orjson
import pytest
from sqlalchemy import event

from services.contracts.channels import CONTROL, RightsChanged
from services.runtime.auth.rights import Rights
from services.runtime.auth.watch import CHANNEL, RightsWatch
from tests.services.auth.world import open_world
from tests.support.waiting import eventually


@pytest.fixture
async def world(database_url, tmp_path):
    async with open_world(database_url, tmp_path) as opened:
        yield opened


class Reads:
    """Counts the reads of the view."""

    def __init__(self, database) -> None:
        self.count = 0
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement, *_rest) -> None:
        self.count += "auth_rights" in statement


async def signed_in(world):
    """The sid of a new log-in, and its person and team."""
    _, body = await world.register("anna")
    caller = await world.gate.check(body["access_token"])
    return caller.sid, caller.user_id, caller.team_id


async def test_what_is_kept_is_not_read_again_for_five_seconds(world):
    sid, user, team = await signed_in(world)
    rights, reads = Rights(world.database, world.clock, 5), Reads(world.database)
    for _ in range(3):
        (right,) = await rights.of(sid)
    assert (right.user_id, right.team_id, right.role, right.username) == (user, team, "admin", "anna")
    assert reads.count == 1
    world.clock.advance(5)
    await rights.of(sid)
    assert reads.count == 2


async def test_what_has_no_rights_is_never_kept(world):
    rights, reads = Rights(world.database, world.clock, 5), Reads(world.database)
    assert await rights.of("nobody") == []
    assert await rights.of("nobody") == []
    assert reads.count == 2


async def test_a_newer_version_is_read_at_once(world):
    sid, *_ = await signed_in(world)
    rights, reads = Rights(world.database, world.clock, 5), Reads(world.database)
    (right,) = await rights.of(sid)
    await rights.of(sid, version=right.version)
    assert reads.count == 1
    await rights.of(sid, version=right.version + 1)
    assert reads.count == 2


@pytest.mark.parametrize("name", ["sid", "user_id", "team_id", "both", "all"])
async def test_a_drop_makes_it_read_again(world, name):
    sid, user, team = await signed_in(world)
    rights, reads = Rights(world.database, world.clock, 5), Reads(world.database)
    await rights.of(sid)
    named = {"sid": sid, "user_id": user, "team_id": team}
    wanted = {"both": {"user_id": user, "team_id": team}, "all": {}}.get(name) or {
        key: value for key, value in named.items() if key == name
    }
    rights.drop(**wanted)
    await rights.of(sid)
    assert reads.count == 2


async def test_a_drop_of_others_changes_nothing(world):
    sid, user, team = await signed_in(world)
    rights, reads = Rights(world.database, world.clock, 5), Reads(world.database)
    await rights.of(sid)
    other = UUID(int=1)
    for drop in (
        {"sid": "other"},
        {"user_id": other},
        {"team_id": other},
        {"user_id": user, "team_id": other},
    ):
        rights.drop(**drop)
    await rights.of(sid)
    assert reads.count == 1
    assert team is not None


async def test_what_was_read_before_a_drop_is_not_kept_after_it(world):
    """The log-out commits and is announced while an older read is still on its way."""
    sid, *_ = await signed_in(world)
    rights, reads = Rights(world.database, world.clock, 5), Reads(world.database)
    on_its_way = asyncio.create_task(rights.of(sid))
    await asyncio.sleep(0)
    rights.drop(sid=sid)
    await on_its_way
    await rights.of(sid)
    assert reads.count == 2


async def test_messages_on_control_drop_what_they_name(world):
    assert CHANNEL == CONTROL
    sid, user, _ = await signed_in(world)
    rights, reads = Rights(world.database, world.clock, 1e9), Reads(world.database)
    watch = RightsWatch(world.fanout, rights, world.clock)
    await watch.start()
    await watch.listening.wait()
    messages = [
        RightsChanged(sid=sid).model_dump_json().encode(),
        RightsChanged(user_id=user).model_dump_json().encode(),
        orjson.dumps({"type": "rights"}),
        b"what is this",
        b"[]",
        orjson.dumps({"type": "rights", "user_id": "no uuid"}),
    ]
    for count, message in enumerate(messages, start=1):
        await rights.of(sid)
        assert reads.count == count
        await world.fanout.publish(CONTROL, message)

        async def is_read_again(count=count) -> bool:
            await rights.of(sid)
            return reads.count == count + 1

        await eventually(is_read_again)
        rights.drop()
        reads.count = count
    await watch.stop()


async def test_a_fanout_that_is_away_is_tried_again(world):
    class Away:
        tries = 0

        async def listen(self):
            self.tries += 1
            raise ConnectionError

    away = Away()
    watch = RightsWatch(away, Rights(world.database, world.clock, 5), world.clock)
    await watch.start()
    await eventually(lambda: away.tries >= 3)
    await watch.stop()
