"""One team's recorded requests, sent again with another team's ids, reach nothing of the other team's."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.document import openapi_document
from tests.access.cast import HELLO, Cast, plain_client
from tests.access.errands import Errands
from tests.access.warnings import HOOK, UNWELL, soon
from tests.e2e.people import Person
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

PATHS = openapi_document()["paths"]
MOVING = ("export", "/api/analytics/user/{user_id}")


@dataclass(frozen=True)
class Recorded:
    """A request as it went over the wire."""

    method: str
    url: str
    token: str
    content: str

    def swapped(self, ids: dict[str, str]) -> "Recorded":
        url, content = self.url, self.content
        for own, others in ids.items():
            url, content = url.replace(own, others), content.replace(own, others)
        return Recorded(self.method, url, self.token, content)

    def send(self, client: httpx.Client) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return client.request(self.method, self.url, headers=headers, content=self.content)


class Tenant:
    """A team with one of everything, and what its admin and its agent ask in the course of a day."""

    def __init__(self, shape: Shape) -> None:
        self.client = plain_client(shape)
        self.admin = Person(shape, "admin", f"Tenant {uuid.uuid4().hex[:6]}")
        self.member = Person(shape, "member", invite=self.admin.invite())
        self.guest = Person(shape, "guest")
        self.agent = self.admin.api_token("agent")
        self.made: dict[str, str] = {"team_id": self.admin.team_id, "user_id": str(self.member.user["id"])}
        self.made["own_user_id"] = str(self.admin.user["id"])
        self._begin()

    def close(self) -> None:
        for client in (self.client, self.admin.client, self.member.client, self.guest.client):
            client.close()

    def _begin(self) -> None:
        hello = {**HELLO, "machine_id": uuid.uuid4().hex}
        self.made["agent_id"] = self._call("POST", "/api/agents", hello, self.agent)["agent_id"]
        errands = Errands(self._ask, self.admin, self.agent, self.made["agent_id"])
        # What has ended is not changed by the machine's silence.
        self.made["session_id"] = errands.new_session("private", status="ended")
        self.made["command_id"] = errands.exported(self.made["session_id"])
        invites = f"/api/teams/{self.made['team_id']}/invites"
        sent = {"role": "member", "email": f"{uuid.uuid4().hex}@example.com"}
        self.made["invite_id"] = self._call("POST", invites, sent)["id"]
        token = {"name": "script", "scopes": ["read"]}
        self.made["token_id"] = self._call("POST", "/api/auth/tokens", token)["id"]
        lesson = {"type": "learning", "title": "Lesson", "content": "So it is."}
        self.made["insight_id"] = self._call("POST", "/api/insights", lesson)["id"]
        comments = f"/api/insights/{self.made['insight_id']}/comments"
        self.made["comment_id"] = self._call("POST", comments, {"content": "Is it?"})["id"]
        webhooks = f"/api/teams/{self.made['team_id']}/webhooks"
        self.made["webhook_id"] = self._call("POST", webhooks, HOOK)["id"]
        unwell = {
            "session_id": uuid.uuid4().hex,
            "metrics": {"token_count": 5, **UNWELL},
            "hostname": "laptop",
        }
        self._call("POST", "/api/sessions/sync", unwell, self.agent)
        alerts = until(lambda: self._call("GET", "/api/alerts")["items"] or None)
        self.made["alert_id"] = alerts[0]["id"]
        old = {one["id"] for one in self._call("GET", "/api/auth/logins")["items"]}
        self.admin.sign_in()
        figures = f"/api/analytics/user/{self.made['user_id']}"
        until(lambda: self._recorded("GET", figures).send(self.client).is_success or None)
        self.made["login_id"] = old.pop()

    def _recorded(self, method: str, url: str, body: Any = None, token: str = "") -> Recorded:
        content = "" if body is None else json.dumps(body)
        return Recorded(method, url, token or self.admin.access_token, content)

    def _ask(self, method: str, path: str, token: str, *, content: str, **_: Any) -> httpx.Response:
        return Recorded(method, path, token, content).send(self.client)

    def _call(self, method: str, url: str, body: Any = None, token: str = "") -> Any:
        answer = self._recorded(method, url, body, token).send(self.client)
        assert answer.is_success, f"{method} {url}: {answer.text}"
        return answer.json()

    def requests(self) -> Iterator[Recorded]:
        """All that names something of the team's; what ends a thing comes last."""
        made, own = self.made, self.made["own_user_id"]
        team, session = f"/api/teams/{made['team_id']}", f"/api/sessions/{made['session_id']}"
        for path in reading():
            yield self._recorded("GET", path.format(**made))
        yield self._recorded("GET", f"/api/sessions?user_id={own}")
        yield self._recorded("GET", f"{team}/audit?actor={own}")
        yield self._recorded("GET", f"{team}/audit/export?actor={own}&format=csv")
        yield self._recorded("POST", "/api/auth/switch-team", {"team_id": made["team_id"]})
        yield self._recorded("PUT", team, {"name": "Tenant"})
        yield self._recorded("POST", f"{team}/settings/preview", {})
        yield self._recorded("PUT", f"{team}/members/{made['user_id']}", {"role": "viewer"})
        yield self._recorded("POST", f"{team}/members", {"email": self.guest.email, "role": "viewer"})
        yield self._recorded("POST", f"{team}/invites", {"role": "viewer"})
        yield self._recorded("POST", f"{team}/invites/{made['invite_id']}/resend")
        yield self._recorded("PUT", session, {"note": "mine"})
        yield self._recorded("POST", f"{session}/share", {"visibility": "team"})
        yield self._recorded("POST", f"{session}/commands", {"kind": "refresh"})
        insight = f"/api/insights/{made['insight_id']}"
        yield self._recorded("PUT", insight, {"state": "accepted"})
        yield self._recorded("POST", f"{insight}/upvote")
        yield self._recorded("POST", f"{insight}/comments", {"content": "It is."})
        comment = f"{insight}/comments/{made['comment_id']}"
        yield self._recorded("PUT", comment, {"content": "Was it?"})
        webhook, alert = f"{team}/webhooks/{made['webhook_id']}", f"/api/alerts/{made['alert_id']}"
        yield self._recorded("POST", f"{team}/webhooks", HOOK)
        yield self._recorded("PUT", webhook, {"name": "Theirs"})
        yield self._recorded("POST", f"{webhook}/test")
        yield self._recorded("POST", f"{alert}/snooze", soon())
        yield self._recorded("POST", f"{alert}/acknowledge")
        yield self._recorded("POST", f"{alert}/resolve")
        answer = f"/api/agents/me/commands/{made['command_id']}"
        yield self._recorded("POST", answer, {"status": "failed"}, self.agent)
        plain = {"session_id": "s", "metrics": {"token_count": 5}, "hostname": "laptop", "user_id": own}
        yield self._recorded("POST", "/api/sessions/sync", plain, self.agent)
        batch = {"agent_id": made["agent_id"], "sent_at": "2026-03-01T12:00:00Z", "reports": []}
        yield self._recorded("POST", "/api/sessions/sync", batch, self.agent)
        for path in (
            f"{insight}/upvote", comment, insight, session, webhook, f"/api/auth/tokens/{made['token_id']}",
            f"/api/auth/logins/{made['login_id']}",
            f"{team}/invites/{made['invite_id']}", f"/api/agents/{made['agent_id']}",
            f"{team}/members/{made['user_id']}", team,
        ):  # fmt: skip
            yield self._recorded("DELETE", path)


def reading() -> list[str]:
    """Every address with an id in it that is read. A public link's secret is no team's, but its holder's."""
    return [path for path, verbs in PATHS.items() if "_id}" in path and "get" in verbs]


def whole(tenant: Tenant) -> list[bytes]:
    """All that a team's admin can read of it, but for what says when it was asked, or that it was."""
    lists = ["/api/sessions", "/api/agents", "/api/teams", "/api/auth/me", "/api/auth/tokens"]
    paths = [*lists, *(path.format(**tenant.made) for path in reading() if not path.endswith(MOVING))]
    headers = {"Authorization": f"Bearer {tenant.admin.access_token}"}
    answers = [tenant.client.get(path, headers=headers) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


@pytest.fixture(scope="module")
def tenants(cast: Cast) -> Iterator[tuple[Tenant, Tenant]]:
    """One that works, and one whose things are asked for."""
    working, asked_for = Tenant(cast.shape), Tenant(cast.shape)
    yield working, asked_for
    working.close()
    asked_for.close()


def harmless(answer: httpx.Response) -> bool:
    """Whether it says that there is nothing: 404, 422, or a list without anything in it."""
    if answer.status_code in {404, 422}:
        return True
    if answer.status_code != 200:
        return False
    if answer.headers["content-type"].startswith("text/csv"):
        return len(answer.text.splitlines()) == 1
    found = answer.json()
    return (found if isinstance(found, list) else found.get("items")) == []


def template(url: str, made: dict[str, str]) -> str:
    """The address as OpenAPI has it."""
    path = url.partition("?")[0]
    for name, value in made.items():
        path = path.replace(value, f"{{{name}}}")
    return path


def swaps(request: Recorded, ids: dict[str, str]) -> list[Recorded]:
    """The request with all ids of the other team, and with each of them alone."""
    alone = [request.swapped({own: others}) for own, others in ids.items()]
    return [request.swapped(ids), *(one for one in alone if one != request)]


def test_another_teams_ids_lead_nowhere(tenants: tuple[Tenant, Tenant]) -> None:
    """Each request is sent with the other team's ids first, then as it was: so it had all rights it needs."""
    working, other = tenants
    ids = {working.made[name]: other.made[name] for name in working.made}
    before = whole(other)
    done = set()
    for request in working.requests():
        for swapped in swaps(request, ids):
            answer = swapped.send(working.client)
            assert harmless(answer), f"{request.method} {request.url}: {answer.status_code} {answer.text}"
        answer = request.send(working.client)
        assert answer.is_success, f"{request.method} {request.url}: {answer.text}"
        done.add((request.method, template(request.url, working.made)))
    assert whole(other) == before
    named = {(verb.upper(), path) for path, verbs in PATHS.items() if "_id}" in path for verb in verbs}
    assert named - done == set()
