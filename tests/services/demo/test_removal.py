"""After the removal nothing of the demo is anywhere, and everything else is as it was."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import inspect, text

from services.auth.store import memberships
from services.demo.team import DEMO_EMAIL, PEOPLE
from services.runtime.auth import ANONYMOUS
from services.runtime.bus import Message, Rejection
from services.runtime.bus.graves import Graves
from tests.services.demo.conftest import open_theatre
from tests.support.builders import make_report
from tests.support.rows import every_row
from tests.support.waiting import eventually
from tests.support.word_index import stored_words

# Each of them plays dozens of sessions to the whole product.
pytestmark = pytest.mark.product

# SQLite's full-text index; how it arranges the same words depends on what it has been through.
PAGES = "session_search_data"
ARRANGED = {PAGES, "session_search_idx", "session_words_forgotten"}


async def rows(database):
    """Every row of every table, by table, as one text each."""
    async with every_row(database) as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        found = {}
        for name in names:
            answer = await connection.execute(text(f'SELECT * FROM "{name}"'))
            found[name] = [" ".join(map(plain, row)) for row in answer]
        if PAGES in found:
            pages = (await connection.execute(text(f"SELECT id, block FROM {PAGES}"))).all()
            # Shared beginnings are left out in the pages themselves.
            found["words as kept"] = sorted({word for page in pages for word in stored_words(*page)})
        return found


def plain(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


async def ids_of(theatre):
    browser = await theatre.sign_in()
    team = (await browser.get("/api/auth/me")).json()["team_id"]
    members = (await browser.get(f"/api/teams/{team}/members")).json()["items"]
    return [UUID(team), *(UUID(member["user_id"]) for member in members)]


def mentions(found, ids):
    """Where a team or person is named; a word in the index begins with eight digits of its team."""
    names = {form for one in ids for form in (str(one), one.hex, one.hex[:8])}
    names |= {person.email for person in PEOPLE}
    return [
        (table, name) for table, lines in found.items() for line in lines for name in names if name in line
    ]


async def real_team(theatre):
    """A team of real people, with a session and all that belongs to it."""
    owner = await theatre.stack.person("olga", team_name="Real")
    machine = await theatre.stack.machine(owner)
    assert (await machine.send(make_report())).status_code == 202
    await eventually(lambda: all_told(theatre.stack.built.database))
    return owner


async def all_told(database):
    """Whether everybody has heard everything."""
    return not any(lines for name, lines in (await rows(database)).items() if is_way(name))


def is_way(name):
    """Whether messages wait there until everybody has heard them."""
    return name.endswith("outbox")


async def lasting(database):
    """What is the same before and after: messages on their way are not."""
    found = await rows(database)
    return {name: lines for name, lines in found.items() if name not in ARRANGED and not is_way(name)}


async def test_nothing_of_it_is_left_beside_a_running_server(theatre):
    owner = await real_team(theatre)
    before = await lasting(theatre.stack.built.database)
    play = await theatre.start()
    await play.open()
    ids = await ids_of(theatre)
    there = mentions(await rows(theatre.stack.built.database), ids)
    assert {"sessions", "words as kept", "users"} <= {table for table, _ in there}
    theatre.stages[0].perform(play)

    removed = await theatre.removal().run(theatre.folder)

    assert sorted(removed.accounts) == sorted(person.email for person in PEOPLE)
    assert removed.rows["sessions"] >= 40
    assert removed.rows["users"] == len(PEOPLE)
    database = theatre.stack.built.database
    assert mentions(await rows(database), ids) == []
    assert await lasting(database) == before
    assert [path.name for path in theatre.folder.iterdir() if path.name.startswith("demo")] == []
    assert len(await theatre.sessions(owner.browser)) == 1


async def test_nothing_of_it_is_left_without_a_server(tmp_path):
    async with open_theatre(tmp_path) as theatre:
        await real_team(theatre)
        before = await lasting(theatre.stack.built.database)
        await (await theatre.start()).open()
        ids = await ids_of(theatre)
        await theatre.close()
        theatre.keeping.release()
    # The parts are stopped: only the database is still there.
    removed = await theatre.removal(theatre.clock).run(theatre.folder)
    assert removed.rows["sessions"] >= 40
    assert mentions(await rows(theatre.stack.built.database), ids) == []
    assert await lasting(theatre.stack.built.database) == before
    await theatre.stack.built.database.close()


async def test_dead_letters_about_it_go_too(theatre):
    await theatre.start()
    ids = await ids_of(theatre)
    graves = Graves(theatre.stack.built.database, theatre.stack.settings, theatre.clock)
    for team in (ids[0], UUID(int=7)):
        await graves.add("ingest.reports", Message(f"report.{team}.x.y", b"{}", {}), Rejection("bad", "why"))
    theatre.keeping.release()
    await theatre.removal().run(theatre.folder)
    left = await graves.list("ingest.reports", 10)
    assert [letter.routing_key for letter in left] == [f"report.{UUID(int=7)}.x.y"]


async def test_who_has_joined_a_real_team_stays(theatre):
    owner = await real_team(theatre)
    await theatre.start()
    ids = await ids_of(theatre)
    browser = await theatre.sign_in()
    robin = UUID((await browser.get("/api/auth/me")).json()["id"])
    async with every_row(theatre.stack.built.database) as connection:
        now = theatre.clock.now()
        await memberships.add(ANONYMOUS, connection, robin, owner.team_id, "member", now)
        await memberships.add(ANONYMOUS, connection, owner.user_id, ids[0], "viewer", now)
    password = theatre.keeping.password()
    theatre.keeping.release()

    removed = await theatre.removal().run(theatre.folder)

    assert list(removed.kept) == [DEMO_EMAIL]
    assert len(removed.accounts) == len(PEOPLE) - 1
    answer = await theatre.stack.client().post(
        "/api/auth/login", json={"email": DEMO_EMAIL, "password": password}
    )
    assert answer.json()["user"]["team_id"] == str(owner.team_id)
    theatre.stack.clock.advance(seconds=10)
    me = (await owner.browser.get("/api/auth/me")).json()
    assert (me["username"], me["team_id"]) == ("olga", str(owner.team_id))


async def test_access_ends_with_it(theatre):
    await theatre.start()
    browser = await theatre.sign_in()
    assert (await browser.get("/api/sessions")).status_code == 200
    theatre.keeping.release()
    await theatre.removal().run(theatre.folder)
    assert (await browser.get("/api/sessions")).status_code == 401


async def test_an_agent_of_this_machine_that_was_connected_to_it_is_forgotten(theatre):
    await theatre.start()
    browser = await theatre.sign_in()
    made = await browser.post("/api/auth/tokens", json={"name": "laptop", "scopes": ["agent"]})
    file = theatre.folder / "agent.token"
    file.write_text(made.json()["token"])
    theatre.keeping.release()
    removed = await theatre.removal().run(theatre.folder)
    assert file in removed.files
    assert not file.exists()


async def test_without_a_demo_there_is_nothing_to_remove(theatre):
    owner = await real_team(theatre)
    (theatre.folder / "agent.token").write_text("lsm_of_somebody")
    before = await lasting(theatre.stack.built.database)
    removed = await theatre.removal().run(theatre.folder)
    assert (removed.rows, removed.accounts, removed.files) == ({}, [], [])
    assert await lasting(theatre.stack.built.database) == before
    assert (theatre.folder / "agent.token").exists()
    assert owner.team_id


@pytest.mark.parametrize("when", ["before", "while"])
async def test_it_waits_for_the_server_that_plays(theatre, when):
    """Whoever plays lets go once the password is gone."""
    play = await theatre.start()
    if when == "while":
        await play.open()
    theatre.stages[0].perform(play)
    async with asyncio.timeout(120):
        await theatre.removal().run(theatre.folder)
    assert theatre.keeping.take()
    theatre.keeping.release()
