"""What a team pays for tokens: on its own pages, and nowhere else."""

import pytest

from tests.services.ingest.api.team import open_team
from tests.services.ingest.api.test_sharing import allow, look, published, read
from tests.support.builders import MODEL, after, make_usage
from tests.support.waiting import eventually

USES = (make_usage(input=1_000_000, output=0), make_usage(model="in-house", input=1_000_000, output=0))
OWN = {MODEL: {"input": 1.5, "output": 2.0}, "in-house": {"input": 0.25, "output": 1.0}}


@pytest.fixture
async def team(database_url, tmp_path):
    quick = {"sweep_seconds": 0.05, "analytics_round_seconds": 0.05}
    async with open_team(database_url, tmp_path, **quick) as opened:
        yield opened


async def pay(team, prices):
    team.stack.clock.advance(seconds=1)
    body = {"settings": {"prices": prices}}
    answer = await team.anna.browser.put(f"/api/teams/{team.anna.team_id}", json=body)
    assert answer.status_code == 200, answer.text


async def shown(team, session):
    """What it costs in the list, on its page by 15 minutes, and in analytics."""
    listed = (await read(team.anna, session))["cost_usd"]
    steps = (await team.anna.browser.get(f"/api/sessions/{session['id']}/usage")).json()["items"]
    days = {"from": after(days=-2).date().isoformat(), "to": after(days=2).date().isoformat()}
    counted = (await team.anna.browser.get("/api/analytics/sessions", params=days)).json()["items"]
    costs = {one["id"]: one["cost_usd"] for one in counted}
    return listed, [one["cost_usd"] for one in steps], costs.get(session["id"])


async def test_a_session_costs_what_the_team_pays_wherever_the_team_sees_it(team):
    made = await team.session(usage=USES)
    await pay(team, OWN)

    async def everywhere():
        return await shown(team, made) == (1.75, [1.75], 1.75)

    await eventually(everywhere)
    await pay(team, {})

    async def again():
        # Analytics sums up what has a price, a session's own page has no cost then.
        return await shown(team, made) == (None, [None], 3.0)

    await eventually(again)


async def test_a_public_page_shows_list_prices_whatever_the_team_pays(team):
    await pay(team, {MODEL: {"input": 0.5, "output": 2.0}})
    await allow(team)
    made = await team.session(usage=USES[:1])
    assert made["cost_usd"] == 0.5
    page = (await look(team, await published(team, made))).json()
    assert (page["cost_usd"], [one["cost_usd"] for one in page["usage"]]) == (3.0, [3.0])
    assert page["unpriced_models"] == []
