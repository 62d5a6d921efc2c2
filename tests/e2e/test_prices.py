"""What a team pays for a model holds for the sessions that it already has, wherever it sees them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.people import Person
from tests.support.builders import make_report, make_usage
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

pytestmark = pytest.mark.product
PRICES = {"in-house-7b": {"input": 0.25, "output": 1.0}}


def report_of_now(person: Person) -> None:
    """One session with a model that nobody but the team can price."""
    headers = {"Authorization": f"Bearer {person.api_token('agent')}"}
    hello = {"machine_id": "m", "hostname": "mbp", "os": "Linux", "version": "0.1.0"}
    agent = person.client.post("/api/agents", json=hello, headers=headers).json()["agent_id"]
    now = datetime.now(UTC)
    at = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    used = (make_usage(at=at, model="in-house-7b", input=1_000_000, output=0),)
    report = make_report(epoch=int(now.timestamp()), usage=used, started_at=at, last_activity_at=now)
    body = {
        "v": 1, "agent_id": agent, "sent_at": now.isoformat(), "reports": [report.model_dump(mode="json")],
    }  # fmt: skip
    assert person.client.post("/api/sessions/sync", json=body, headers=headers).status_code == 202


def test_a_price_of_the_teams_own_reaches_sessions_and_analytics(shape: Shape) -> None:
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    with Person(shape, "mia", "Harbour") as mia:
        report_of_now(mia)
        (session,) = mia.await_sessions({"native-1"}).values()
        assert (session["cost_usd"], session["unpriced_models"]) == (None, ["in-house-7b"])
        settings = {"settings": {"prices": PRICES}}
        assert mia.client.put(f"/api/teams/{mia.team_id}", json=settings).status_code == 200

        def costs() -> tuple[float | None, float | None]:
            team = mia.get("/api/analytics/team", **{"from": day})
            return mia.get(f"/api/sessions/{session['id']}")["cost_usd"], team["cost_usd"]

        until(lambda: costs() == (0.25, 0.25) or None)
