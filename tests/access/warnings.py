"""What was told of the owner's sessions, and where the team's news go."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from tests.e2e.people import Person
from tests.support.builders import make_report
from tests.support.waiting import until

Ask = Callable[..., Any]
UNWELL = {"health_score": 10, "status": "active"}
HOOK = {
    "kind": "generic", "name": "Ours", "url": "https://127.0.0.1:8443/hook", "events": ["health_alert"],
}  # fmt: skip


class Warnings:
    """`ask(method, path, token, **more)` asks the product; `session(state, **metrics)` makes the owner's."""

    def __init__(
        self, ask: Ask, owner: Person, admin: Person, session: Callable[..., str], agent: tuple[str, str]
    ) -> None:
        self._ask = ask
        self._owner = owner
        self._admin = admin
        self._session = session
        self._agent = agent
        self._kept: dict[str, str] = {}

    def alert(self, state: str) -> str:
        """The id of an incident that stays."""
        if state not in self._kept:
            self._kept[state] = self.another(state)
        return self._kept[state]

    def another(self, state: str) -> str:
        """The id of a new incident of a session, known to whoever may see it."""
        session_id = self._session(state, **UNWELL)
        reader = self._owner if state == "private" else self._admin
        path = f"/api/alerts?session_id={session_id}"
        items = until(lambda: self._ask("GET", path, reader.access_token).json()["items"] or None)
        return str(items[0]["id"])

    @cached_property
    def notification(self) -> str:
        """The id of something that the owner was told."""
        self.alert("private")
        items = self._ask("GET", "/api/notifications", self._owner.access_token).json()["items"]
        return str(items[0]["id"])

    @cached_property
    def webhook(self) -> str:
        """The id of a webhook that stays."""
        return self.another_webhook()

    def another_webhook(self) -> str:
        """The id of a new webhook of the team."""
        path = f"/api/teams/{self._admin.team_id}/webhooks"
        answer = self._ask("POST", path, self._admin.access_token, json=HOOK)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def filling(self, n: int, native_id: str, **facts: Any) -> None:
        """Report a session from the owner's machine, which knows of contexts."""
        token, machine = self._agent
        report = make_report(n, native_id, **facts).model_dump(mode="json")
        body = {"v": 1, "agent_id": machine, "sent_at": report["sent_at"], "reports": [report]}
        assert self._ask("POST", "/api/sessions/sync", token, json=body).json()["rejected"] == []

    def read(self) -> str:
        """The owner reads something new; its id."""
        session_id = self._session("private", **UNWELL)

        def found() -> str | None:
            items = self._ask("GET", "/api/notifications", self._owner.access_token).json()["items"]
            return next((str(one["id"]) for one in items if one["session_id"] == session_id), None)

        told = until(found)
        path, body = "/api/notifications/read", {"ids": [told]}
        assert self._ask("POST", path, self._owner.access_token, json=body).is_success
        return told


def soon() -> dict[str, str]:
    """Until when something may be put off."""
    return {"until": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
