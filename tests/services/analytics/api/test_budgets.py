"""How far budgets are used up, as each person may see it; and what has no price."""

import pytest

from services.analytics.people import PeopleConsumer
from services.contracts.people import TeamUpdated
from services.runtime.bus import Message
from tests.services.analytics.api.office import CLEO
from tests.support.builders import after, make_usage

LIMITS = {
    "token_limits": {"per_session": 1000, "per_member_day": 2000, "per_team_month": 10_000},
    "cost_limits": {"per_session": None, "per_member_day": None, "per_team_month": 0.01},
}


async def set_team(office, **settings):
    told = TeamUpdated(team_id=office.team.anna.team_id, name="Alpha", settings=settings, at=after(days=1))
    people = PeopleConsumer(office.team.stack.built.database)
    assert await people.handle([Message(told.kind, told.model_dump_json().encode())]) == [None]


async def standing(office, who):
    told = await office.told_to(who, "budgets")
    return {(one["scope"], one["unit"]): one for one in told["items"]} | {"whole": told}


async def test_without_limits_there_is_nothing(office):
    assert (await office.told_to(office.team.vera, "budgets"))["items"] == []


async def test_a_persons_private_use_is_theirs_and_the_teams(office):
    anna, ben, vera = office.team.anna, office.team.ben, office.team.vera
    await set_team(office, **LIMITS)
    await office.tell(anna, "a", [make_usage(input=500, output=0)])
    await office.tell(ben, "b", [make_usage(input=300, output=0)], visibility="private")
    await office.tell(ben, "yesterday", [make_usage(at=after(days=-1), input=70, output=0)])
    seen = await standing(office, ben)
    day, month = seen["member_day", "tokens"], seen["team_month", "tokens"]
    assert (day["used"], day["percent"], day["period"]) == (300, 15.0, "2026-03-01")
    # Yesterday was another month; of two people, others' private use does not count.
    assert (month["used"], month["period"]) == (800, "2026-03")
    assert (await standing(office, anna))["team_month", "tokens"]["used"] == 500
    assert (await standing(office, anna))["whole"]["excludes_private"] is True
    await office.tell(CLEO, "c", [make_usage(input=1, output=0)])
    for who in (anna, ben, vera):
        assert (await standing(office, who))["team_month", "tokens"]["used"] == 801
    assert (await standing(office, vera))["member_day", "tokens"]["used"] == 0


async def test_the_fullest_session_is_ones_own(office):
    anna, ben = office.team.anna, office.team.ben
    await set_team(office, **LIMITS)
    await office.tell(anna, "small", [make_usage(input=10, output=0)])
    full = await office.tell(anna, "full", [make_usage(input=900, output=0)])
    await office.tell(
        anna, "long ago", [make_usage(at=after(days=-9), input=5000)], started_at=after(days=-9)
    )
    await office.tell(ben, "bens", [make_usage(input=990, output=0)])
    one = (await standing(office, anna))["session", "tokens"]
    assert (one["used"], one["percent"], one["session_id"], one["period"]) == (900, 90.0, full, "session")
    assert (await standing(office, office.team.vera))["session", "tokens"]["session_id"] is None


async def test_money_is_told_in_dollars(office):
    await set_team(office, **LIMITS)
    await office.tell(office.team.anna, "a", [make_usage(input=1000, output=0)])
    cost = (await standing(office, office.team.anna))["team_month", "cost"]
    assert (cost["limit"], cost["used"], cost["percent"]) == (0.01, 0.003, 30.0)


async def test_models_without_a_price(office):
    anna, ben = office.team.anna, office.team.ben
    await office.tell(anna, "a", [make_usage(), make_usage(model="new-model", input=10, output=1, calls=3)])
    await office.tell(ben, "b", [make_usage(model="new-model", input=20, output=0), make_usage(model=None)])
    await office.tell(ben, "p", [make_usage(model="hidden-model")], visibility="private")
    told = await office.told_to(anna, "unpriced")
    assert told["items"] == [
        {"model": "unknown", "calls": 1, "tokens": 1200, "sessions": 1},
        {"model": "new-model", "calls": 4, "tokens": 31, "sessions": 2},
    ]
    own = {one["model"] for one in (await office.told_to(ben, "unpriced"))["items"]}
    assert own == {"unknown", "new-model", "hidden-model"}
    narrowed = await office.told_to(anna, "unpriced", user_id=str(ben.user_id), model="new-model")
    assert [one["tokens"] for one in narrowed["items"]] == [20]
    assert (await office.told_to(anna, "unpriced", weekends="false"))["items"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"cost_limits": {"per_session": 0}}, {"prices": {"m": {"input": 1}}},
        {"prices": {"": {"input": 1, "output": 1}}}, {"prices": {"m": {"input": -1, "output": 1}}},
        {"weekly_report": "yes"},
    ],
)  # fmt: skip
async def test_settings_that_make_no_sense_are_refused(office, wrong):
    path = f"/api/teams/{office.team.anna.team_id}"
    assert (await office.team.anna.browser.put(path, json={"settings": wrong})).status_code == 422
