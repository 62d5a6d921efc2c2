"""Rights that end, and the sockets that end with them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.frames import PONG
from services.contracts.channels import CONTROL, RightsChanged
from services.contracts.frames import CloseCode
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller
from tests.gateway.stopwatch import settle


async def test_rights_that_end_close_the_socket():
    async with Stage() as stage:
        client, _ = await stage.joined(ANNA)
        other, _ = await stage.joined(BEN)
        stage.gate.ended.add(client.caller.sid)
        await stage.clock.advance(29)
        assert client.ending is None
        await stage.clock.advance(2)
        assert client.ending.code == CloseCode.UNAUTHENTICATED
        assert other.ending is None


async def test_a_word_on_control_closes_those_it_names_at_once():
    async with Stage(sockets_per_user=99) as stage:
        for change in (
            RightsChanged(sid="s"),
            RightsChanged(user_id=ANNA),
            RightsChanged(team_id=TEAM),
            RightsChanged(),
        ):
            client, _ = stage.open(caller(ANNA, sid="s"))
            stage.gate.ended = {"s"}
            bystander, _ = stage.open(caller(BEN))
            await stage.fanout.publish(CONTROL, change.model_dump_json().encode())
            await settle()
            assert client.ending.code == CloseCode.UNAUTHENTICATED, change
            assert bystander.ending is None
        client, _ = stage.open(caller(ANNA, sid="s"))
        await stage.fanout.publish(CONTROL, RightsChanged(sid="other").model_dump_json().encode())
        await settle()
        assert client.ending is None
        await stage.fanout.publish(CONTROL, b"what?")
        await settle()
        assert client.ending is not None


async def test_rights_that_cannot_be_read_are_asked_for_again():
    async with Stage() as stage:
        client, _ = await stage.joined(ANNA)
        stage.gate.broken = True
        await stage.clock.advance(40)
        assert client.ending is None
        stage.gate.broken = False
        stage.gate.ended.add(client.caller.sid)
        await stage.clock.advance(6)
        assert client.ending.code == CloseCode.UNAUTHENTICATED


async def test_a_token_that_may_no_longer_read_is_shown_out():
    async with Stage() as stage:
        client, _ = await stage.joined(ANNA)

        async def narrowed(known):
            return replace(known, scopes=frozenset({"agent"}))

        stage.gate.still_valid = narrowed
        await stage.clock.advance(31)
        assert client.ending.code == CloseCode.FORBIDDEN


async def test_the_end_of_a_token_is_the_end_of_its_socket():
    async with Stage() as stage:
        client, _ = await stage.joined(ANNA)
        client.expires_at = stage.clock.now() + timedelta(seconds=10)
        await stage.clock.advance(9)
        assert client.ending is None
        await stage.clock.advance(1.5)
        assert client.ending.code == CloseCode.UNAUTHENTICATED


async def test_a_page_is_told_its_new_role_once_and_at_once():
    async with Stage() as stage:
        client, browser = await stage.joined(ANNA)
        browser.clear()

        async def lowered(known):
            return replace(known, role="viewer")

        stage.gate.still_valid = lowered
        await stage.fanout.publish(CONTROL, RightsChanged(user_id=ANNA).model_dump_json().encode())
        await settle()
        await stage.fanout.publish(CONTROL, RightsChanged(user_id=ANNA).model_dump_json().encode())
        await settle()
        assert client.ending is None
        assert [frame["role"] for frame in browser.of("authenticated")] == ["viewer"]


@pytest.mark.parametrize(("ends", "told"), [(True, []), (False, ["session_update"])])
async def test_news_wait_while_rights_are_in_doubt(ends, told):
    """What happens after access was taken away is not heard, however long it takes to look the rights up."""
    async with Stage() as stage:
        client, browser = await stage.joined(ANNA)
        _, bystander = await stage.joined(BEN)
        browser.clear()
        bystander.clear()
        answered = asyncio.Event()

        async def slow(known):
            await answered.wait()
            return None if ends else known

        stage.gate.still_valid = slow
        await stage.fanout.publish(CONTROL, RightsChanged(sid=client.caller.sid).model_dump_json().encode())
        await settle()
        await stage.ingest.put(1)
        await stage.clock.advance(2)
        client.say(PONG)
        await settle()
        assert browser.types() == []
        assert bystander.types() == ["session_update"]
        answered.set()
        await settle()
        assert browser.types() == (["pong", *told] if told else [])
        assert (client.ending is not None) is ends


async def test_news_go_on_when_rights_cannot_be_read():
    async with Stage() as stage:
        client, browser = await stage.joined(ANNA)
        browser.clear()
        stage.gate.broken = True
        await stage.fanout.publish(CONTROL, RightsChanged(sid=client.caller.sid).model_dump_json().encode())
        await settle()
        await stage.ingest.put(1)
        await stage.clock.advance(2)
        assert browser.types() == ["session_update"]
