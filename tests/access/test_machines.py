"""A machine that is revoked: its connection at the broker ends, and so does its way over HTTPS."""

import pytest

from tests.access.cast import HELLO, Cast
from tests.access.cutting import Cutting

KINDS = ["token", "machine", "removal", "role"]


@pytest.mark.parametrize("kind", KINDS)
async def test_an_agent_is_cut_off_while_it_publishes(cast: Cast, kind: str) -> None:
    if cast.shape.broker_url is None:
        pytest.skip("in one process there is no broker")
    cut = await Cutting(cast).cut(kind)
    assert cut.refused


@pytest.mark.parametrize("by", ["owner", "admin"])
def test_a_revoked_machine_gets_no_further_over_https(cast: Cast, by: str) -> None:
    person = cast.joining()
    token = person.api_token("agent")
    agent_id = cast.ask("POST", "/api/agents", token, json=HELLO).json()["agent_id"]
    batch = {"v": 1, "agent_id": agent_id, "sent_at": "2026-03-01T12:00:00Z", "reports": []}
    assert cast.ask("POST", "/api/sessions/sync", token, json=batch).status_code == 202
    revoker = person if by == "owner" else cast.admin
    answer = cast.ask("DELETE", f"/api/agents/{agent_id}", revoker.access_token)
    assert answer.status_code == 204
    assert cast.ask("POST", "/api/sessions/sync", token, json=batch).status_code == 401
    assert cast.ask("POST", "/api/agents", token, json=HELLO).status_code == 401
    listed = cast.ask("GET", "/api/agents", cast.viewer.access_token).json()["items"]
    assert agent_id not in {one["id"] for one in listed}
    assert cast.agent_id in {one["id"] for one in listed}
