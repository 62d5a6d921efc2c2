"""Holes in the fan-out: found, and filled wholly or not at all."""

import itertools

from services.runtime.fanout import Position
from tests.gateway.lossy import LossyFanout
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id
from tests.gateway.stopwatch import settle

TEAM_CHANNEL = f"team:{TEAM}"


def titles(browser):
    return {card["title"] for card in browser.cards[TEAM_CHANNEL].values()}


async def test_a_hole_is_filled_from_the_history_as_soon_as_the_next_entry_shows_it():
    async with Stage(LossyFanout) as stage:
        _, anna = await stage.joined()
        stage.fanout.fates = iter(["lost", "lost", "heard"])
        for n in range(3):
            await stage.ingest.put(n)
        await settle()
        assert len(anna.cards[TEAM_CHANNEL]) == 3
        assert "resync" not in anna.types()
        assert len(stage.ingest.loads) == 2


async def test_a_last_message_that_was_lost_is_found_within_five_seconds():
    async with Stage(LossyFanout) as stage:
        _, anna = await stage.joined()
        stage.fanout.fates = iter(["lost"])
        await stage.ingest.put(1)
        await stage.clock.advance(4.9)
        assert anna.types() == ["subscribed"]
        await stage.clock.advance(0.2)
        assert anna.types() == ["subscribed", "session_update"]


async def test_what_comes_twice_or_in_disorder_is_told_once_and_in_order():
    async with Stage(LossyFanout) as stage:
        _, anna = await stage.joined()
        stage.fanout.fates = iter(["doubled", "late", "late", "heard"])
        for title in "abcd":
            await stage.ingest.put(1, title=title)
        stage.fanout.catch_up()
        await stage.clock.advance(3)
        assert [frame["data"]["title"] for frame in anna.of("session_update")] == ["a", "d"]


async def test_a_hole_that_the_history_no_longer_has_starts_everybody_again():
    async with Stage(LossyFanout, fanout_keep_entries=3) as stage:
        _, anna = await stage.joined(ANNA)
        _, ben = await stage.joined(BEN, status=["active"])
        stage.fanout.fates = itertools.chain(["lost"] * 4, itertools.repeat("heard"))
        for n in range(5):
            await stage.ingest.put(n, status="active" if n % 2 else "idle")
        await stage.clock.advance(1)
        assert anna.types() == ["subscribed", "resync", "subscribed"]
        assert len(anna.cards[TEAM_CHANNEL]) == 5
        assert ben.cards[TEAM_CHANNEL].keys() == {str(session_id(1)), str(session_id(3))}
        assert stage.metric("td_resyncs_total") == 2


async def test_a_fan_out_that_lost_its_memory_means_a_fresh_start_and_then_goes_on():
    async with Stage(LossyFanout) as stage:
        _, anna = await stage.joined()
        await stage.ingest.put(1, title="before")
        await settle()
        stage.fanout.forget_everything()
        await stage.ingest.put(2, title="after")
        await stage.clock.advance(6)
        assert titles(anna) == {"before", "after"}
        assert anna.types()[-1] == "subscribed"
        await stage.ingest.put(3, title="later")
        await stage.clock.advance(1)
        assert titles(anna) == {"before", "after", "later"}


async def test_while_the_history_cannot_be_reached_nothing_is_told_out_of_turn():
    async with Stage(LossyFanout) as stage:
        _, anna = await stage.joined()
        stage.fanout.fates = iter(["lost", "heard"])
        stage.fanout.away = True
        await stage.ingest.put(1)
        await stage.ingest.put(2)
        await stage.clock.advance(20)
        assert anna.types() == ["subscribed"]
        stage.fanout.away = False
        await stage.clock.advance(2)
        assert len(anna.cards[TEAM_CHANNEL]) == 2


async def test_a_cursor_of_another_epoch_gets_a_fresh_start():
    async with Stage(LossyFanout) as stage:
        client, anna = await stage.joined()
        stage.hub.leave(client)
        stage.fanout.forget_everything()
        again, browser = stage.open()
        await stage.subscribe(again, since=anna.cursors[TEAM_CHANNEL])
        await stage.ingest.put(1)
        await stage.clock.advance(7)
        assert browser.types()[:2] == ["resync", "subscribed"]
        assert len(browser.cards[TEAM_CHANNEL]) == 1


async def test_what_is_asked_for_meanwhile_stands_against_a_fresh_start():
    """A client that unsubscribes while its fresh snapshot is under way gets none."""
    async with Stage(LossyFanout) as stage:
        client, anna = await stage.joined()
        stage.fanout.forget_everything()
        stage.ingest.gate.clear()
        await stage.ingest.put(1)
        await settle()
        assert anna.types() == ["subscribed", "resync"]
        stage.hub.unsubscribe(client, TEAM_CHANNEL)
        stage.ingest.gate.set()
        await stage.clock.advance(2)
        assert anna.types() == ["subscribed", "resync", "unsubscribed"]


async def test_a_message_of_the_control_channel_that_was_lost_makes_everybody_be_checked():
    async with Stage(LossyFanout) as stage:
        client, _ = await stage.joined()
        stage.gate.ended.add(client.caller.sid)
        stage.fanout.forget_everything()
        await stage.clock.advance(5.1)
        assert client.ending.code == 4401


class LateFanout(LossyFanout):
    """Is not there when the gateway starts."""

    reachable = False

    async def listen(self):
        if not self.reachable:
            raise ConnectionError("not yet")
        return await super().listen()


async def test_a_gateway_that_starts_before_its_fan_out_says_so_and_begins_by_itself():
    async with Stage(LateFanout) as stage:
        client, _ = await stage.joined()
        assert client.ending.code == 1012
        assert stage.hub.problem() is not None
        stage.fanout.reachable = True
        await stage.clock.advance(3)
        assert stage.hub.problem() is None
        _, anna = await stage.joined()
        await stage.ingest.put(1)
        await settle()
        assert anna.types() == ["subscribed", "session_update"]


async def test_many_who_wait_for_a_channel_that_cannot_be_opened_are_all_told():
    async with Stage() as stage:
        listener = next(iter(stage.fanout._listeners))
        opening = listener.add

        async def refuse(_channel):
            raise ConnectionError("away")

        listener.add = refuse
        clients = [stage.open(caller(BEN)) for _ in range(5)]
        for client, _ in clients:
            await stage.subscribe(client)
        assert {client.ending.code for client, _ in clients} == {1012}
        listener.add = opening
        _, ben = await stage.joined(BEN)
        assert ben.types() == ["subscribed"]


async def test_positions_of_a_cursor_stand_for_their_sources_in_order():
    """The fan-out's own order of channels is what a cursor is read by."""
    from gateway.cursor import read_cursor

    async with Stage(LossyFanout) as stage:
        _, anna = await stage.joined()
        await stage.ingest.put(1)
        await stage.ingest.put(2)
        await stage.ingest.put(3, visibility="private")
        await stage.clock.advance(1)
        shared, own = read_cursor(anna.cursors[TEAM_CHANNEL], 2)
        assert (shared.offset, own.offset) == (2, 1)
        assert isinstance(shared, Position)
