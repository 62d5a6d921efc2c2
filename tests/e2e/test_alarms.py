"""From a session that is unwell to its owner's open browser, and to where the team is told besides."""

import uuid
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from services.contracts.notices import AlertKind
from tests.e2e.pages import PATIENCE_MS, Delays, sign_in
from tests.e2e.people import Person
from tests.e2e.receivers import listening
from tests.support.browser import Screen
from tests.support.promises import promised
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

pytestmark = pytest.mark.browser
BROWSER_SECONDS, RECEIVER_SECONDS = promised(1.5), promised(5.0)
KIND: AlertKind = "health_alert"
INCIDENTS = 3


def fall_ill(anna: Person, token: str) -> None:
    """Report a session whose health is low."""
    metrics = {"token_count": 7, "health_score": 12, "status": "active", "title": "Round tax per line"}
    body = {"session_id": uuid.uuid4().hex, "metrics": metrics, "hostname": "laptop"}
    headers = {"Authorization": f"Bearer {token}"}
    assert anna.client.post("/api/sessions/sync", json=body, headers=headers).status_code == 202


def test_an_incident_is_told_soon_and_once_in_the_browser_and_by_webhook(
    shape: Shape, anna: Person, screen: Screen
) -> None:
    team, token = f"/api/teams/{anna.team_id}", anna.api_token("agent")
    shared = {"settings": {"default_visibility": "team"}}
    assert anna.client.put(team, json=shared).status_code == 200
    with ExitStack() as opened:
        receivers = [opened.enter_context(listening(kind)) for kind in ("slack", "teams")]
        for one in receivers:
            hook = {"kind": one.shape, "name": one.shape, "url": one.url, "events": [KIND]}
            made = anna.client.post(f"{team}/webhooks", json=hook)
            assert made.status_code == 201, made.text
        # The services hear of the team's settings a moment later: from then on, what is new is shared.
        until(lambda: _is_shared(anna, token))
        sign_in(screen.page, shape, anna)
        bell = screen.page.locator('[data-testid="bell"]:visible')
        expect(bell).to_have_attribute("data-unread", "0", timeout=PATIENCE_MS)
        with Delays(BROWSER_SECONDS) as browser, Delays(RECEIVER_SECONDS) as elsewhere:
            for number in range(1, INCIDENTS + 1):
                elsewhere.until(
                    lambda number=number: browser.until(
                        lambda: fall_ill(anna, token),
                        lambda wait: expect(bell).to_have_attribute("data-unread", str(number), timeout=wait),
                    ),
                    lambda _, number=number: until(
                        lambda: all(len(one.got) == number for one in receivers) or None
                    ),
                )
        hooks = [one["id"] for one in anna.get(f"{team}/webhooks")["items"]]
        log = [anna.get(f"{team}/webhooks/{one}/deliveries") for one in hooks]
    assert [[each["status"] for each in one["items"]] for one in log] == [["delivered"] * INCIDENTS] * 2
    assert all("Round tax per line" in text["text"] for _, _, text in receivers[0].got)
    assert len(anna.get("/api/alerts")["items"]) == INCIDENTS


def _is_shared(anna: Person, token: str) -> bool | None:
    """Whether a healthy session, reported now, is the team's to see."""
    native = uuid.uuid4().hex
    body = {"session_id": native, "metrics": {"token_count": 1, "health_score": 99}, "hostname": "laptop"}
    headers = {"Authorization": f"Bearer {token}"}
    assert anna.client.post("/api/sessions/sync", json=body, headers=headers).status_code == 202
    return anna.await_sessions({native})[native]["visibility"] == "team" or None
