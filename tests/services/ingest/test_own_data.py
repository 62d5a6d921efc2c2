"""What a person takes along is all that ingest holds of them, and nothing of anybody else's."""

import json
from collections import Counter
from uuid import UUID

import pytest

from services.ingest import tables
from services.ingest.domain.identity import session_id
from services.ingest.own_data import OwnData
from services.ingest.store.own_data import LEFT_OUT, LISTS
from services.runtime.auth import Caller
from services.runtime.auth.agents import agent_id
from services.runtime.host.downloads import json_pieces
from tests.support.builders import (
    AGENT,
    ANNA,
    BEN,
    OTHER_TEAM,
    START,
    TEAM,
    make_event,
    make_report,
    message,
)
from tests.support.canonical import LISTS as FACTS
from tests.support.rows import every_row

ELSEWHERE = agent_id(OTHER_TEAM, ANNA, "m")
BENS = agent_id(TEAM, BEN, "m")
ME = Caller(ANNA, TEAM, "member", "sid")
SAID_ELSEWHERE = {"session_id", "cost_pico"}
# Ids of whoever is gone, settings of teams, what is on its way, what sessions are found by, and who looked at
# public pages; all others are a person's.
NOT_OF_A_PERSON = {
    "ingest_departed", "ingest_teams", "ingest_outbox", "session_tags", "session_words", "session_views",
}  # fmt: skip


async def taken(bench, caller=ME, **sizes):
    own = OwnData(bench.database, bench.outbox, bench.clock, **sizes)
    return json.loads(b"".join([piece async for piece in json_pieces(await own.taken_by(caller))]))


async def ask_and_show(connection):
    """Anna's machine came with a token and was asked something; one of her sessions has a public page."""
    of_session = {"team_id": TEAM, "session_id": session_id(TEAM, ANNA, "claude-code", "here")}
    command = {
        "id": UUID(int=1), "owner_id": ANNA, "agent_id": AGENT, "kind": "refresh", "status": "done",
        "asked_by": ANNA, "asked_as": "member", "asked_sid": "sid", "created_at": START, "expires_at": START,
    }  # fmt: skip
    link = {"id": UUID(int=2), "secret_hash": "x" * 64, "made_at": START, "expires_at": START}
    token = {"agent_id": AGENT, "token_id": "t", "team_id": TEAM, "user_id": ANNA, "brought_at": START}
    await connection.execute(tables.commands.insert().values(**of_session, **command))
    await connection.execute(tables.session_links.insert().values(**of_session, **link))
    await connection.execute(tables.agent_tokens.insert().values(**token))


@pytest.fixture
async def busy(bench):
    """Anna's sessions in two teams, one of them deleted, beside one of Ben's."""
    await bench.introduce(ELSEWHERE, OTHER_TEAM)
    await bench.introduce(BENS, user=BEN)
    events = [make_event(f"event-{n}") for n in range(7)]
    await bench.take(
        make_report(1, "here", events=events, **FACTS),
        make_report(2, "gone", events=events, **FACTS),
        message(make_report(1, "there", events=events[:2], **FACTS), team=OTHER_TEAM, agent=ELSEWHERE),
        message(make_report(1, "bens", events=events, **FACTS), user=BEN, agent=BENS),
    )
    async with every_row(bench.database) as connection:
        gone = tables.sessions.c.native_id == "gone"
        values = tables.EMPTIED | {"deleted_at": bench.clock.now()}
        await connection.execute(tables.sessions.update().where(gone).values(values))
        name = {"user_id": ANNA, "username": "anna", "known_at": START}
        await connection.execute(tables.session_owners.insert().values(name))
        await ask_and_show(connection)
    return bench


async def test_all_of_ones_own_in_every_team(busy):
    found = await taken(busy)
    assert {one["native_id"]: one["team_id"] for one in found["sessions"]} == {
        "here": str(TEAM), "there": str(OTHER_TEAM),
    }  # fmt: skip
    assert [one["native_id"] for one in found["deleted_sessions"]] == ["gone"]
    assert {one["team_id"] for one in found["machines"]} == {str(TEAM), str(OTHER_TEAM)}
    assert found["known_as"]["username"] == "anna"
    assert str(BEN) not in json.dumps(found)
    here = next(one for one in found["sessions"] if one["native_id"] == "here")
    assert [event["event_id"] for event in here["events"]] == [f"event-{n}" for n in range(7)]
    assert here["usage"][0]["cost_usd"] > 0
    assert here["files"][0]["path"] == "a.py"
    assert all(here[name] for name in (*LISTS, "tools", "subagents", "pull_requests"))


async def test_every_column_of_every_table_is_there(busy):
    """Whoever adds one has it taken along, or says here why not."""
    found = await taken(busy)
    here = next(one for one in found["sessions"] if one["native_id"] == "here")
    shown = {
        "sessions": found["sessions"], "agents": found["machines"], "session_owners": [found["known_as"]],
        "agent_tokens": found["machine_tokens"], **{table.name: here[name] for name, table in LISTS.items()},
    }  # fmt: skip
    assert {table.name for table in tables.metadata.sorted_tables} - set(shown) == NOT_OF_A_PERSON
    for name, rows in shown.items():
        columns = {column.name for column in tables.metadata.tables[name].columns}
        assert columns - set(rows[0]) <= SAID_ELSEWHERE | LEFT_OUT.get(name, set()), name


@pytest.mark.parametrize("sizes", [{"at_once": 1, "parts_at_once": 1}, {"at_once": 2, "parts_at_once": 3}])
async def test_the_size_of_the_steps_changes_nothing(busy, sizes):
    assert await taken(busy, **sizes) == await taken(busy)


async def test_another_person_and_a_stranger_take_nothing_of_it(busy):
    bens = await taken(busy, Caller(BEN, TEAM, "admin", "sid"))
    assert [one["native_id"] for one in bens["sessions"]] == ["bens"]
    nobody = await taken(busy, Caller(OTHER_TEAM, None, None, "sid"))
    lists = ("machines", "machine_tokens", "sessions", "deleted_sessions")
    assert [nobody[name] for name in lists] == [[]] * 4


async def test_it_is_read_as_it_is_taken(bench, monkeypatch):
    """Sessions are not in memory because the first of them is sent."""
    await bench.take(*(make_report(n + 1, f"native-{n}") for n in range(300)))
    own = OwnData(bench.database, bench.outbox, bench.clock, at_once=10)
    document = await own.taken_by(ME)
    reads = Counter()
    read = bench.database.read

    def counted(who):
        reads["all"] += 1
        return read(who)

    monkeypatch.setattr(bench.database, "read", counted)
    sessions = document["sessions"]
    await anext(sessions)
    assert reads["all"] == 2
    assert len([one async for one in sessions]) == 299
    assert reads["all"] == 61


async def test_that_it_was_taken_is_told(busy):
    async with every_row(busy.database) as connection:
        await connection.execute(tables.outbox.delete())
    await taken(busy)
    (row,) = await busy.rows(tables.outbox)
    told = json.loads(row["body"])
    assert (row["routing_key"], told["user_id"], told["of"]) == ("audit.export", str(ANNA), "sessions")
