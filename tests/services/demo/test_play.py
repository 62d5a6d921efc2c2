"""The demo as people see it through the product's own front door."""

from uuid import UUID

import pytest

from services.demo.lessons import LESSONS
from services.demo.schedule import CAST, cast, history, live
from services.demo.team import PEOPLE, TEAM_NAME
from services.runtime.errors import Problem
from tests.support.waiting import eventually

# Each of them plays dozens of sessions to the whole product.
pytestmark = pytest.mark.product


async def test_the_team_is_there_and_marked(theatre):
    await theatre.start()
    browser = await theatre.sign_in()
    me = (await browser.get("/api/auth/me")).json()
    assert (me["email"], me["role"]) == ("demo@example.com", "admin")
    team = (await browser.get(f"/api/teams/{me['team_id']}")).json()
    assert team["name"] == TEAM_NAME
    members = (await browser.get(f"/api/teams/{me['team_id']}/members")).json()["items"]
    assert {member["email"] for member in members} == {person.email for person in PEOPLE}
    machines = (await browser.get("/api/agents")).json()["items"]
    assert {machine["hostname"] for machine in machines} == {person.hostname for person in PEOPLE}
    assert all(machine["online"] for machine in machines)


async def test_the_cast_is_on_the_page_as_demo_data(theatre):
    await (await theatre.start()).open()
    now = theatre.clock.now()
    shown = {plot.native_id: plot for plot in cast("demo", now)}
    seen = await theatre.sessions(await theatre.sign_in())
    hidden = {key for key, plot in shown.items() if plot.private and plot.person != PEOPLE[0]}
    assert {item["native_id"] for item in seen} == set(shown) - hidden
    assert all(item["demo"] for item in seen)
    for item in seen:
        plot = shown[item["native_id"]]
        assert set(item["tags"]) == set(plot.task.tags)
        assert item["visibility"] == ("private" if plot.private else "team")
        assert (item["status"] == "ended") == (plot.ends_at <= now)
        assert (item["username"], item["title"]) == (plot.person.name, plot.task.title)
        assert (item["cost_usd"] is None) == (
            item["tool"] == "cursor" or item["model"].startswith("northwind")
        )


async def test_what_the_team_learned_is_written_down_once(theatre):
    for _ in range(2):
        play = await theatre.start()
        await play.open()
        seen = (await (await theatre.sign_in()).get("/api/insights")).json()["items"]
        told = [
            (one["title"], one["username"], one["upvotes"], one["comments"], one["state"] == "accepted")
            for one in seen
        ]
        assert sorted(told) == sorted(
            (lesson.title, lesson.by, len(lesson.votes), len(lesson.said), lesson.accepted)
            for lesson in LESSONS
        )
        await theatre.stages[-1].leave()


async def test_sessions_move_begin_and_end(theatre):
    play = await theatre.start()
    await play.open()
    browser = await theatre.sign_in()
    before = {item["id"]: item for item in await theatre.sessions(browser)}
    alive = {plot.native_id for plot in live("demo", theatre.clock.now())}
    while len({plot.native_id for plot in live("demo", theatre.clock.now())} - alive) < 2:
        await play.tick()
        await theatre.clock.sleep(20)
    await play.tick()
    browser = await theatre.sign_in()
    after = {item["id"]: item for item in await theatre.sessions(browser)}
    assert set(before) <= set(after)
    assert len(after) > len(before)
    grown = [
        key for key in before if (after[key]["tokens"]["total"] or 0) > (before[key]["tokens"]["total"] or 0)
    ]
    assert len(grown) >= 5
    ended = [key for key in before if before[key]["status"] != "ended" == after[key]["status"]]
    assert ended
    assert len(after) >= CAST
    now = theatre.clock.now()
    expected = {plot.native_id for plot in live("demo", now)}
    assert {item["native_id"] for item in after.values() if item["status"] != "ended"} <= expected


async def test_the_past_is_told_in_batches_while_the_present_goes_on(theatre):
    play = await theatre.start(days=1)
    await play.open()
    assert play.untold
    while play.untold:
        await play.tick()
        await theatre.clock.sleep(1)
    seen = {item["native_id"]: item for item in await theatre.sessions(await theatre.sign_in())}
    told = [plot for plot in history("demo", theatre.clock.now(), 1) if not plot.private]
    assert len(told) > 8
    for plot in told:
        assert seen[plot.native_id]["status"] == "ended"
        assert seen[plot.native_id]["demo"]


async def test_a_second_start_goes_on_where_the_first_ended(theatre):
    play = await theatre.start(days=1)
    await play.open()
    while play.untold:
        await play.tick()
    before = {item["id"]: item for item in await theatre.sessions(await theatre.sign_in())}
    password = theatre.keeping.password()
    await theatre.close()
    theatre.keeping.release()

    theatre.stack.clock.advance(hours=5)
    alone = await theatre.sign_in()

    async def all_are_given_up():
        return all(item["status"] == "ended" for item in await theatre.sessions(alone))

    await eventually(all_are_given_up)
    play = await theatre.start(days=1)
    await play.open()
    assert theatre.keeping.password() == password
    browser = await theatre.sign_in()
    after = {item["id"]: item for item in await theatre.sessions(browser)}
    assert set(before) <= set(after)
    members = (await browser.get(f"/api/teams/{next(iter(after.values()))['team_id']}/members")).json()[
        "items"
    ]
    assert len(members) == len(PEOPLE)
    over = [key for key, item in before.items() if item["status"] == "ended"]
    assert [after[key]["version"] for key in over] == [before[key]["version"] for key in over]
    # None that ended while nobody played is left as it was.
    expected = {plot.native_id for plot in live("demo", theatre.clock.now())}
    assert {item["native_id"] for item in after.values() if item["status"] != "ended"} <= expected


async def test_a_password_changed_since_is_set_back(theatre):
    await theatre.start()
    await theatre.close()
    theatre.keeping.release()
    theatre.keeping.forget()
    await theatre.start()
    browser = await theatre.sign_in()
    assert (await browser.get("/api/auth/me")).json()["username"] == PEOPLE[0].name


async def test_an_address_that_somebody_has_is_left_alone(theatre):
    owner = await theatre.stack.person("demo", team_name="Real")
    with pytest.raises(Problem) as refused:
        await theatre.start()
    assert refused.value.code == "email_taken"
    teams = (await owner.browser.get("/api/teams")).json()["items"]
    assert [team["name"] for team in teams] == ["Real"]


async def test_no_request_marks_a_team_as_demo(theatre):
    owner = await theatre.stack.person("olga")
    answer = await owner.browser.put(f"/api/teams/{owner.team_id}", json={"settings": {"demo": True}})
    assert answer.status_code == 422


async def test_the_mark_outlives_changes_of_the_settings(theatre):
    await theatre.start()
    browser = await theatre.sign_in()
    team = (await browser.get("/api/auth/me")).json()["team_id"]
    shown = (await browser.get(f"/api/teams/{team}")).json()["settings"]
    changed = await browser.put(
        f"/api/teams/{team}", json={"settings": {**shown, "timezone": "Europe/Berlin"}}
    )
    assert changed.status_code == 200, changed.text
    assert await theatre.stages[0]._teams.known() == {UUID(team)}
