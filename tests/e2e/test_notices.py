"""From a session that is unwell to its owner: on an open socket, and by letter."""

import uuid
from typing import Any

import pytest

from tests.e2e.people import Person
from tests.e2e.sockets import ask, frames, socket
from tests.support.shapes.shape import Shape

PREFERENCES = "/api/notifications/preferences"


@pytest.fixture
def unwell(anna: Person) -> dict[str, Any]:
    """What a script reports of a session whose health is low."""
    metrics = {"token_count": 7, "health_score": 12, "status": "active"}
    return {"session_id": uuid.uuid4().hex, "metrics": metrics, "hostname": "laptop"}


def report(anna: Person, body: dict[str, Any]) -> None:
    headers = {"Authorization": f"Bearer {anna.api_token('agent')}"}
    assert anna.client.post("/api/sessions/sync", json=body, headers=headers).status_code == 202


def test_an_incident_reaches_an_open_socket_and_the_owners_mailbox(
    shape: Shape, anna: Person, unwell: dict[str, Any]
) -> None:
    body = {"events": {"health_alert": {"email": True}}, "quiet_hours": None}
    assert anna.client.put(PREFERENCES, json=body).status_code == 200
    with socket(shape, token=anna.access_token, path="/ws/notifications") as opened:
        assert ask(opened, f"user:{anna.user['id']}")["type"] == "subscribed"
        report(anna, unwell)
        told: dict[str, Any] = {}
        for frame in frames(opened):
            told[frame["type"]] = frame.get("data")
            if {"health_alert", "notification"} <= told.keys():
                break
    (alert,) = anna.get("/api/alerts")["items"]
    assert told["health_alert"]["alert"] == alert
    assert (alert["value"], alert["threshold"], alert["state"]) == (12, 40, "open")
    (notification,) = anna.get("/api/notifications")["items"]
    assert told["notification"] == {"notification": notification, "unread": 1, "push": False}
    assert shape.mail is not None
    letter = shape.mail.wait_for(anna.email)
    assert letter.message["Subject"] == notification["title"]
    assert f"/sessions/{alert['session_id']}" in letter.text
