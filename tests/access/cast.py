"""Everybody and everything that the table of access speaks of, in a running product."""

import uuid
from contextlib import ExitStack
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.access.errands import Errands
from tests.access.lessons import Lessons
from tests.access.warnings import Warnings
from tests.e2e.people import PASSWORD, Person
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

HELLO = {"machine_id": "m", "hostname": "h", "os": "Linux", "version": "1"}


def plain_client(shape: Shape) -> httpx.Client:
    """A client that keeps no cookies: each request says for itself who asks."""
    nowhere = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(base_url=shape.url, timeout=30, cookies=nowhere, trust_env=False)


class Cast:
    """A team at home with its sessions, another team, and one team more whose invitations anybody may use."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.client = plain_client(shape)
        self._people = ExitStack()
        self._figured: dict[str, tuple[str, str]] = {}
        self.admin = self.person("admin", "Home")
        self.viewer = self.joining("viewer")
        self.member = self.joining()
        self.owner = self.joining()
        self.colleague = self.joining()
        self.other = self.person("other", "Elsewhere")
        self.host = self.person("host", "Open house")
        self.removed = self.joining()
        self.agent_token = self.owner.api_token("agent")
        self.revoked_token = self._revoked()
        self.remove(self.removed)
        self.agent_id: str = self.ask("POST", "/api/agents", self.agent_token, json=HELLO).json()["agent_id"]
        self.shared, self.private = self.session("shared"), self.session("private")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._people.close()
        self.client.close()

    @cached_property
    def errands(self) -> Errands:
        """Of the owner's machine."""
        return Errands(self.ask, self.owner, self.agent_token, self.agent_id)

    @cached_property
    def lessons(self) -> Lessons:
        """What the owner has shared."""
        return Lessons(self.ask, self.owner)

    @cached_property
    def warnings(self) -> Warnings:
        """What is told of the owner's sessions."""
        agent = (self.agent_token, self.agent_id)
        return Warnings(self.ask, self.owner, self.admin, self.session, agent)

    @property
    def team_id(self) -> str:
        return self.admin.team_id

    def behind(self, actor: str) -> Person:
        """Who is behind an actor; the owner behind the tokens."""
        found: Person = getattr(self, actor, self.owner)
        return found

    def token(self, actor: str) -> str | None:
        if actor == "anonymous":
            return None
        tokens = {"agent": self.agent_token, "revoked": self.revoked_token}
        return tokens.get(actor) or self.behind(actor).access_token

    def ask(self, method: str, path: str, token: str | None, **request: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.request(
            method, path, **request | {"headers": headers | request.get("headers", {})}
        )

    def person(self, name: str, team_name: str | None = None, *, invite: str | None = None) -> Person:
        """Somebody new."""
        return self._people.enter_context(Person(self.shape, name, team_name, invite=invite))

    def joining(self, role: str = "member") -> Person:
        """Somebody new at home."""
        return self.person(role, invite=self.admin.invite(role))

    def remove(self, person: Person) -> None:
        answer = self.admin.client.delete(f"/api/teams/{self.team_id}/members/{person.user['id']}")
        assert answer.status_code == 204, answer.text

    def report(self, native_id: str, **metrics: Any) -> None:
        """Tell of a session of the owner's, as a script does."""
        body = {"session_id": native_id, "metrics": {"token_count": 7, **metrics}, "hostname": "laptop"}
        answer = self.ask("POST", "/api/sessions/sync", self.agent_token, json=body)
        assert answer.status_code == 202, answer.text

    def session(self, state: str = "private", native_id: str = "", **metrics: Any) -> str:
        """A new session of the owner's; its id."""
        native_id = native_id or uuid.uuid4().hex
        self.report(native_id, **metrics)
        session_id = str(until(lambda: self.owner.sessions().get(native_id))["id"])
        if state != "private":
            self.share(session_id, "team")
        return session_id

    def figured(self, state: str) -> tuple[str, str]:
        """A session of the owner's that analytics knows, by a model that no other has: model and id."""
        if state not in self._figured:
            model, native_id = f"model-{uuid.uuid4().hex}", uuid.uuid4().hex
            session_id = self.session(state, native_id, model=model)
            reader = self.owner if state == "private" else self.viewer
            path = "/api/analytics/sessions"
            asked = f"{path}?model={model}"
            until(lambda: session_id in self.ask("GET", asked, reader.access_token).text or None)
            self._figured[state] = model, session_id
        return self._figured[state]

    @cached_property
    def known_colleague(self) -> str:
        """The id of the colleague, whom analytics knows."""
        path = f"/api/analytics/user/{self.colleague.user['id']}"
        until(lambda: self.ask("GET", path, self.admin.access_token).is_success or None)
        return str(self.colleague.user["id"])

    def share(self, session_id: str, visibility: str) -> None:
        path = f"/api/sessions/{session_id}/share"
        answer = self.ask("POST", path, self.owner.access_token, json={"visibility": visibility})
        assert answer.status_code == 200, answer.text

    @cached_property
    def public_session(self) -> str:
        """A session in the open house, which allows public pages."""
        body = {"settings": {"allow_public": True}}
        answer = self.host.client.put(f"/api/teams/{self.host.team_id}", json=body)
        assert answer.status_code == 200, answer.text
        token = self.host.api_token("agent")
        report = {"session_id": "public", "metrics": {"token_count": 7}, "hostname": "laptop"}
        assert self.ask("POST", "/api/sessions/sync", token, json=report).status_code == 202
        return str(until(lambda: self.host.sessions().get("public"))["id"])

    def public_secret(self) -> str:
        """The secret of a new link to it; the one before is taken back."""
        path = f"/api/sessions/{self.public_session}/share"

        def made() -> str | None:
            # The team's new settings take a moment to be known everywhere.
            answer = self.host.client.post(path, json={"visibility": "public"})
            return urlsplit(answer.json()["link"]["url"]).fragment if answer.status_code == 200 else None

        return until(made)

    def login(self, person: Person) -> tuple[str, str]:
        """One more log-in of a person: its id, and its access token."""
        token = self.another_token(person)
        logins = self.ask("GET", "/api/auth/logins", token).json()["items"]
        return next(one["id"] for one in logins if one["current"]), token

    def another_token(self, person: Person) -> str:
        answer = self.ask("POST", "/api/auth/login", None, json={"email": person.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def api_token(self, person: Person) -> str:
        """The id of a new API token of a person."""
        body = {"name": "one more", "scopes": ["read"]}
        answer = self.ask("POST", "/api/auth/tokens", person.access_token, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def machine(self) -> str:
        """The id of a new machine of the owner's, with a token of its own."""
        hello = HELLO | {"machine_id": uuid.uuid4().hex}
        answer = self.ask("POST", "/api/agents", self.owner.api_token("agent"), json=hello)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["agent_id"])

    def invite(self, *, by_mail: bool = False) -> str:
        """The id of a new invitation home, sent to an address or to nobody."""
        whom = {"email": f"{uuid.uuid4().hex}@example.com"} if by_mail else {}
        answer = self.admin.client.post(f"/api/teams/{self.team_id}/invites", json={"role": "viewer"} | whom)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def reset_secret(self, person: Person) -> str:
        """What a letter to this person holds that lets them choose a new password."""
        assert self.shape.mail is not None
        answer = self.ask("POST", "/api/auth/reset", None, json={"email": person.email})
        assert answer.status_code == 202, answer.text
        return self.shape.mail.wait_for(person.email).secret

    def _revoked(self) -> str:
        token = self.owner.api_token("agent", "read", "write")
        found = self.owner.get("/api/auth/tokens")["items"]
        token_id = next(one["id"] for one in found if len(one["scopes"]) == 3)
        assert self.owner.client.delete(f"/api/auth/tokens/{token_id}").status_code == 204
        return token
