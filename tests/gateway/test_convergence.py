"""Whatever is lost, doubled or late: snapshot and frames make a fresh snapshot."""

import itertools
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gateway.lossy import LossyFanout
from tests.gateway.stage import ANNA, BEN, TEAM, Stage, caller, session_id

TEAM_CHANNEL = f"team:{TEAM}"

FATES = st.sampled_from(["heard", "heard", "heard", "lost", "doubled", "late"])
CHANGE = st.tuples(
    st.just("change"),
    FATES,
    st.integers(0, 3),
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
        self.stage.lose(client)
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
        fate, n, changes = rest
        # Whose a session is says its id, for ever.
        owner = [ANNA, BEN][n % 2]
        known = stage.ingest.sessions.get(session_id(n))
        stage.fanout.fates = itertools.repeat(fate)
        begins = known is None
        ends = not begins and changes.get("status") == "ended"
        # Whatever a private session is called must be read by nobody else.
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
