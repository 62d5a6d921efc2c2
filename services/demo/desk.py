"""One person of the demo at the front door: signs in as a browser does, and sends as an agent does."""

from collections.abc import Sequence
from typing import Any

import httpx

from llm_session_manager.protocol import Heartbeat, Report
from services.demo.lessons import Lesson
from services.demo.plots import Plot
from services.demo.team import Person
from services.runtime.clock import Clock

AGENT_VERSION = "0.1.0"
TOKEN_NAME = "Demo machine"  # noqa: S105 - a name
SCOPES = ["agent", "read", "write"]
REPORTS_AT_ONCE = 60
PAGE = 200
OK = 300


class RefusedError(Exception):
    """The server does not let this person in, or their machine."""


class Desk:
    """Raises `RefusedError` where the server says 401 or 403, and httpx's own errors for the rest."""

    def __init__(self, person: Person, client: httpx.AsyncClient, clock: Clock) -> None:
        self.person = person
        self._client = client
        self._clock = clock
        self._agent_id = ""
        self._ids: dict[str, str] = {}
        self.sent_at = 0.0

    async def open(self, password: str) -> None:
        """Sign in, take a new token in place of the last start's, introduce the machine, sign out."""
        signed_in = await self._ask(
            "POST", "/api/auth/login", json={"email": self.person.email, "password": password}
        )
        self._bear(signed_in["access_token"])
        made = await self._ask("POST", "/api/auth/tokens", json={"name": TOKEN_NAME, "scopes": SCOPES})
        await self._drop_tokens(but=made["id"])
        await self._ask("POST", "/api/auth/logout")
        self._bear(made["token"])
        hello = {
            "machine_id": self.person.machine_id,
            "hostname": self.person.hostname,
            "os": self.person.os,
            "version": AGENT_VERSION,
            # There is no such machine, so nobody is kept waiting for it.
            "commands": [],
        }
        self._agent_id = (await self._ask("POST", "/api/agents", json=hello))["agent_id"]

    async def own_sessions(self) -> list[dict[str, Any]]:
        """Give the sessions of this person, as the server knows them."""
        me = (await self._ask("GET", "/api/auth/me"))["id"]
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            asked = {"user_id": me, "limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            page = await self._ask("GET", "/api/sessions", params=asked)
            found += page["items"]
            cursor = page["next_cursor"]
        self._ids |= {item["native_id"]: item["id"] for item in found}
        return found

    async def send(self, reports: Sequence[Report]) -> None:
        """Send reports; none of them is a heartbeat."""
        self.sent_at = self._clock.monotonic()
        for start in range(0, max(len(reports), 1), REPORTS_AT_ONCE):
            some = reports[start : start + REPORTS_AT_ONCE]
            body = {
                "v": Heartbeat.model_fields["v"].default,
                "agent_id": self._agent_id,
                "sent_at": self._clock.now().isoformat(),
                "reports": [report.model_dump(mode="json") for report in some],
            }
            answer = await self._ask("POST", "/api/sessions/sync", json=body)
            if answer["rejected"]:
                raise ValueError(f"reports were rejected: {answer['rejected'][:3]}")

    async def dress(self, plots: Sequence[Plot]) -> None:
        """Give sessions that were sent for the first time their tags, and hide those that are private."""
        if any(plot.native_id not in self._ids for plot in plots):
            await self.own_sessions()
        for plot in plots:
            if (session := self._ids.get(plot.native_id)) is None:
                continue
            change = {"tags": list(plot.task.tags)} | ({"visibility": "private"} if plot.private else {})
            await self._ask("PUT", f"/api/sessions/{session}", json=change)

    async def has_lessons(self) -> bool:
        """Whether the team has written anything down."""
        return bool((await self._ask("GET", "/api/insights", params={"limit": "1"}))["items"])

    async def share(self, lesson: Lesson) -> str:
        """Write a lesson down, accepted if it is; answers its path."""
        made = await self._ask("POST", "/api/insights", json=lesson.body())
        path = f"/api/insights/{made['id']}"
        if lesson.accepted:
            await self._ask("PUT", path, json={"state": "accepted"})
        return path

    async def vote(self, path: str) -> None:
        await self._ask("POST", f"{path}/upvote")

    async def say(self, path: str, words: str) -> None:
        await self._ask("POST", f"{path}/comments", json={"content": words})

    async def close(self) -> None:
        await self._client.aclose()

    async def _drop_tokens(self, but: str) -> None:
        kept = (await self._ask("GET", "/api/auth/tokens", params={"limit": str(PAGE)}))["items"]
        for token in kept:
            if token["name"] == TOKEN_NAME and token["id"] != but:
                await self._ask("DELETE", f"/api/auth/tokens/{token['id']}")

    async def _ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self._client.request(method, path, **more)
        if answer.status_code in {401, 403}:
            raise RefusedError(f"{path}: {answer.status_code}")
        # A session that somebody deleted on the page meanwhile is no longer ours to dress.
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def _bear(self, token: str) -> None:
        self._client.headers["Authorization"] = f"Bearer {token}"
