"""Holes in the fan-out: found, and filled wholly or not at all."""

import itertools
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.runtime.fanout import Position
from tests.gateway.stage import ANNA, BEN, TEAM, LossyFanout, Stage, caller, session_id, settle

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


FATES = st.sampled_from(["heard", "heard", "heard", "lost", "doubled", "late"])
CHANGE = st.tuples(
    st.just("change"),
    FATES,
    st.integers(0, 3),
    st.sampled_from([ANNA, BEN]),
    st.fixed_dictionaries(
        {},
        optional={
            "visibility": st.sampled_from(["private", "team"]),
            "status": st.sampled_from(["active", "ended"]),
            "tags": st.sampled_from([[], ["x"]]),
        },
    ),
)
STEPS = st.lists(
    st.one_of(
        CHANGE,
        CHANGE,
        CHANGE,
        st.tuples(st.just("delete"), FATES, st.integers(0, 3)),
        st.tuples(st.just("wait"), st.sampled_from([0.05, 0.5, 1.1, 6.0])),
        st.tuples(st.just("catch up")),
        st.tuples(st.just("forget")),
        st.tuples(st.just("come back"), st.integers(0, 3)),
        st.tuples(st.just("away"), st.booleans()),
    ),
    max_size=30,
)
READERS = [
    (ANNA, TEAM_CHANNEL, {}),
    (BEN, TEAM_CHANNEL, {"status": ["active"]}),
    (BEN, TEAM_CHANNEL, {"tags": ["x"], "users": ["anna"]}),
    (ANNA, f"user:{ANNA}", {}),
]


class Readers:
    """Four readers who lose their sockets now and then, and come back with what they know."""

    def __init__(self, stage):
        self.stage = stage
        self.open = []
        self.seen = Counter()

    async def begin(self):
        for reader in READERS:
            self.open.append(await self.stage.joined(*reader[:2], **reader[2]))

    async def come_back(self, n):
        user, channel, filters = READERS[n]
        client, browser = self.open[n]
        self.stage.hub.leave(client)
        self.stage.roster.remove(client)
        client.end(1006)
        again, fresh = self.stage.open(caller(user))
        fresh.cards, fresh.cursors = browser.cards, browser.cursors
        fresh.texts = browser.texts
        await self.stage.subscribe(again, channel, since=browser.cursors[channel], **filters)
        if again.ending:
            again, fresh = self.stage.open(caller(user), fresh)
        self.open[n] = again, fresh

    def expected(self, n):
        user, channel, filters = READERS[n]
        return {
            str(one.id): one.version
            for one in self.stage.ingest.sessions.values()
            if (one.visibility == "private" and one.user_id == user)
            or (one.visibility != "private" and channel == TEAM_CHANNEL)
            if one.status in filters.get("status", [one.status])
            and one.username in filters.get("users", [one.username])
            and ("tags" not in filters or set(filters["tags"]) & set(one.tags))
        }

    def shown(self, n):
        cards = self.open[n][1].cards[READERS[n][1]]
        return {key: card["version"] for key, card in cards.items()}


async def act(stage, readers, step):
    kind, *rest = step
    if kind == "change":
        fate, n, owner, changes = rest
        known = stage.ingest.sessions.get(session_id(n))
        stage.fanout.fates = itertools.repeat(fate)
        begins = known is None
        ends = not begins and changes.get("status") == "ended"
        # Whatever a private session is called must be read by nobody else.
        owner = known.user_id if known else owner
        private = changes.get("visibility", known.visibility if known else "team") == "private"
        title = f"secret of {owner}" if private else "open"
        await stage.ingest.put(n, owner, created=begins, ended=ends, title=title, **changes)
    elif kind == "delete" and session_id(rest[1]) in stage.ingest.sessions:
        stage.fanout.fates = itertools.repeat(rest[0])
        await stage.ingest.delete(rest[1])
    elif kind == "wait":
        await stage.clock.advance(rest[0])
    elif kind == "catch up":
        stage.fanout.catch_up()
    elif kind == "forget":
        stage.fanout.forget_everything()
    elif kind == "away":
        stage.fanout.away = rest[0]
    elif kind == "come back" and not stage.fanout.away:
        await readers.come_back(rest[0])


@given(steps=STEPS, keep=st.sampled_from([4, 1_000]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
async def test_snapshot_and_frames_make_a_fresh_snapshot_whatever_is_lost_doubled_or_late(steps, keep):
    async with Stage(LossyFanout, fanout_keep_entries=keep, sockets_per_user=1000) as stage:
        readers = Readers(stage)
        await readers.begin()
        for step in steps:
            await act(stage, readers, step)
        stage.fanout.away = False
        await stage.clock.advance(15)
        for n, (user, _, _) in enumerate(READERS):
            assert readers.shown(n) == readers.expected(n), READERS[n]
            other = BEN if user == ANNA else ANNA
            assert f"secret of {other}" not in "".join(readers.open[n][1].texts)


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
