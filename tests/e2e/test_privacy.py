"""Two people of one team: what one keeps to herself, shows, takes back, and what the other may do with it."""

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection

from tests.e2e.people import PASSWORD, Machine, Person
from tests.e2e.sockets import ask, close_code, frames, socket
from tests.e2e.transcripts import ClaudeSession
from tests.support.promises import promised
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

SEEN_SECONDS = promised(1.5)
ENDED_SECONDS = promised(1.0)
UNAUTHENTICATED = 4401


class Work:
    """A session of somebody's, reported as it goes on."""

    def __init__(self, owner: Person, machine: Machine, home: Path) -> None:
        self._home = home
        self._machine = machine
        self._session = ClaudeSession(home)
        self._session.prompt()
        self.go_on()
        self.id: str = owner.await_sessions({self._session.id})[self._session.id]["id"]
        self._owner = owner

    def go_on(self) -> None:
        self._session.answer(output=100, tool="Bash")
        self._machine.report_once(claude_code=self._home)

    def show(self, visibility: str) -> None:
        answer = self._owner.client.post(f"/api/sessions/{self.id}/share", json={"visibility": visibility})
        assert answer.status_code == 200, answer.text


@pytest.fixture
def ben(shape: Shape, anna: Person) -> Iterator[Person]:
    with Person(shape, "ben", invite=anna.invite()) as person:
        yield person


@pytest.fixture
def vera(shape: Shape, anna: Person) -> Iterator[Person]:
    with Person(shape, "vera", invite=anna.invite("viewer")) as person:
        yield person


@pytest.fixture
def bens(shape: Shape, ben: Person, tmp_path: Path) -> Work:
    """A session of Ben's, private."""
    folder = tmp_path / "ben"
    folder.mkdir()
    return Work(ben, Machine(shape, ben.api_token("agent"), folder), folder / "claude")


@pytest.fixture
def work(anna: Person, machine: Machine, tmp_path: Path) -> Work:
    return Work(anna, machine, tmp_path / "claude")


def views(person: Person) -> list[str]:
    """Every address of a session that can be read, with `{}` for its id."""
    paths = person.get("/api/openapi.json")["paths"]
    mine = [path for path in paths if path.startswith("/api/sessions/{session_id}") and "get" in paths[path]]
    assert len(mine) > 5
    return [path.replace("{session_id}", "{}") for path in mine if path.count("{") == 1]


def plain(answer: httpx.Response) -> tuple[int, dict[str, Any]]:
    """Status and body of a failure, but for the id of the request."""
    body: dict[str, Any] = answer.json()
    body.pop("correlation_id")
    return answer.status_code, body


def deeds(person: Person, session_id: str) -> list[httpx.Response]:
    """What somebody might try with a session."""
    path = f"/api/sessions/{session_id}"
    return [
        person.client.put(path, json={"title": "Mine now"}),
        person.client.post(f"{path}/share", json={"visibility": "team"}),
        person.client.post(f"{path}/share", json={"visibility": "private"}),
        person.client.delete(path),
    ]


def test_the_invited_is_in_the_team(anna: Person, ben: Person, vera: Person) -> None:
    assert ben.team_id == vera.team_id == anna.team_id
    members = anna.get(f"/api/teams/{anna.team_id}/members")["items"]
    assert {each["username"]: each["role"] for each in members} == {
        "anna": "admin", "ben": "member", "vera": "viewer",
    }  # fmt: skip


def test_a_private_session_is_to_others_as_if_it_were_not(
    shape: Shape, work: Work, ben: Person, vera: Person
) -> None:
    for other in (ben, vera):
        assert other.sessions() == {}
        for view in views(other):
            private, absent = (other.client.get(view.format(key)) for key in (work.id, uuid.uuid4()))
            assert private.status_code == 404
            assert plain(private) == plain(absent)
        for private, absent in zip(deeds(other, work.id), deeds(other, str(uuid.uuid4())), strict=True):
            assert private.status_code == 404
            assert plain(private) == plain(absent)
        with socket(shape, token=other.access_token) as opened:
            private, absent = (ask(opened, f"session:{key}") for key in (work.id, uuid.uuid4()))
            assert private["code"] == "not_found"
            assert private["detail"] == absent["detail"]


def test_an_admin_sees_no_private_session_of_a_members(anna: Person, bens: Work) -> None:
    assert anna.sessions() == {}
    assert all(anna.client.get(view.format(bens.id)).status_code == 404 for view in views(anna))
    assert {answer.status_code for answer in deeds(anna, bens.id)} == {404}


def test_an_admin_may_hide_what_a_member_showed_but_not_show_more(anna: Person, bens: Work) -> None:
    bens.show("team")
    path = f"/api/sessions/{bens.id}"
    assert anna.client.put(path, json={"title": "Ours"}).status_code == 200
    assert anna.client.post(f"{path}/share", json={"visibility": "public"}).status_code in {403, 422}
    hidden = anna.client.post(f"{path}/share", json={"visibility": "private"})
    assert hidden.status_code == 200
    assert anna.client.get(path).status_code == 404
    assert anna.client.post(f"{path}/share", json={"visibility": "team"}).status_code == 404


def test_seen_soon_after_sharing_and_gone_when_taken_back(
    shape: Shape, anna: Person, ben: Person, work: Work
) -> None:
    with socket(shape, token=ben.access_token) as opened:
        assert ask(opened, f"team:{anna.team_id}")["sessions"] == []
        # What happens before she shares it would reach Ben's socket before the sharing does.
        work.go_on()
        shared_at = time.monotonic()
        work.show("team")
        first = next(one for one in frames(opened) if "data" in one)
        assert time.monotonic() - shared_at < SEEN_SECONDS
        assert (first["data"]["session_id"], first["data"]["visibility"]) == (work.id, "team")
        assert first["left"] is False
        assert {one["id"] for one in ben.sessions().values()} == {work.id}
        # Who looked at a public page is told to the owner and to admins.
        kept = "/api/sessions/{}/views"
        told = {view: ben.client.get(view.format(work.id)).status_code for view in views(ben)}
        assert told == {view: 403 if view == kept else 200 for view in told}

        work.show("private")
        gone = next(one for one in frames(opened) if one.get("left"))
        assert gone["data"]["session_id"] == work.id
        assert "title" not in gone["data"]
        assert plain(ben.client.get(f"/api/sessions/{work.id}"))[0] == 404
        assert ask(opened, f"session:{work.id}")["code"] == "not_found"
        work.go_on()
        work.show("team")
        again = next(one for one in frames(opened) if "data" in one)
        assert (again["data"]["visibility"], again["left"]) == ("team", False)


def test_who_may_do_what_with_a_shared_session(work: Work, anna: Person, ben: Person, vera: Person) -> None:
    work.show("team")
    for other in (ben, vera):
        assert other.get(f"/api/sessions/{work.id}")["visibility"] == "team"
        assert {answer.status_code for answer in deeds(other, work.id)} == {403}
    assert anna.client.put(f"/api/sessions/{work.id}", json={"title": "Taxes"}).status_code == 200
    assert ben.get(f"/api/sessions/{work.id}")["title"] == "Taxes"


def test_a_viewer_looks_on(shape: Shape, anna: Person, vera: Person) -> None:
    with socket(shape, token=vera.access_token) as opened:
        assert ask(opened, f"team:{anna.team_id}")["type"] == "subscribed"
    token = {"name": "x", "scopes": ["agent"]}
    tries = [
        vera.client.post("/api/auth/tokens", json=token),
        vera.client.post("/api/auth/enrolment-codes"),
        vera.client.put(f"/api/teams/{anna.team_id}", json={"name": "Mine"}),
        vera.client.post(f"/api/teams/{anna.team_id}/invites", json={}),
        vera.client.delete(f"/api/teams/{anna.team_id}/members/{anna.user['id']}"),
        vera.client.get(f"/api/teams/{anna.team_id}/audit"),
    ]
    assert {answer.status_code for answer in tries} == {403}


def ends(opened: ClientConnection) -> float:
    """Wait for the server to end a socket for want of rights; answers how long it took."""
    begun = time.monotonic()
    assert close_code(opened) == UNAUTHENTICATED
    return time.monotonic() - begun


def test_removal_ends_everything_at_once(
    shape: Shape, anna: Person, ben: Person, work: Work, tmp_path: Path
) -> None:
    work.show("team")
    token = httpx.Client(base_url=shape.url, headers={"Authorization": f"Bearer {ben.api_token('agent')}"})
    hello = {"machine_id": "m", "hostname": "h", "os": "Linux", "version": "1"}
    with token, socket(shape, token=ben.access_token) as opened:
        assert ask(opened, f"team:{anna.team_id}")["type"] == "subscribed"
        assert token.post("/api/agents", json=hello).status_code == 200
        path = f"/api/teams/{anna.team_id}/members/{ben.user['id']}"
        assert anna.client.delete(path).status_code == 204
        answers = (ben.client.get("/api/sessions"), token.post("/api/agents", json=hello))
        assert ends(opened) < ENDED_SECONDS
    assert [answer.status_code for answer in answers] == [401, 401]
    ben.sign_in()
    assert ben.user["team_id"] is None
    assert ben.client.get(f"/api/sessions/{work.id}").status_code in {403, 404}


def test_a_changed_role_holds_at_once(anna: Person, ben: Person, vera: Person) -> None:
    path = f"/api/teams/{anna.team_id}/members/{{}}"
    assert anna.client.put(path.format(vera.user["id"]), json={"role": "member"}).status_code == 200
    assert anna.client.put(path.format(ben.user["id"]), json={"role": "viewer"}).status_code == 200
    token = {"name": "x", "scopes": ["agent"]}
    assert vera.client.post("/api/auth/tokens", json=token).status_code == 201
    assert ben.client.post("/api/auth/tokens", json=token).status_code == 403


def test_sharing_is_in_the_audit_log(anna: Person, work: Work) -> None:
    work.show("team")
    path = f"/api/teams/{anna.team_id}/audit"
    found = until(lambda: anna.get(path, action="session.visibility_changed")["items"] or None)
    assert [(one["target"], one["details"]["visibility"]) for one in found] == [(work.id, "team")]


def test_what_was_shared_stays_when_its_owner_leaves(anna: Person, ben: Person, bens: Work) -> None:
    bens.show("team")
    path = f"/api/teams/{anna.team_id}/members/{ben.user['id']}"
    assert ben.client.delete(path).status_code == 204
    assert [one["username"] for one in anna.sessions().values()] == ["ben"]


def test_a_deleted_accounts_sessions_are_gone_for_everybody(
    shape: Shape, anna: Person, ben: Person, bens: Work
) -> None:
    bens.show("team")
    with socket(shape, token=anna.access_token) as opened:
        assert len(ask(opened, f"team:{anna.team_id}")["sessions"]) == 1
        assert ben.client.request("DELETE", "/api/auth/me", json={"password": PASSWORD}).status_code == 204
        gone = next(one for one in frames(opened) if one["type"] == "session_deleted")
    assert gone["data"]["session_id"] == bens.id
    assert anna.sessions() == {}
    assert ben.client.get("/api/auth/me").status_code == 401


def test_a_deleted_teams_sessions_are_gone(shape: Shape, anna: Person, ben: Person, work: Work) -> None:
    work.show("team")
    with socket(shape, token=ben.access_token) as opened:
        assert len(ask(opened, f"team:{anna.team_id}")["sessions"]) == 1
        assert anna.client.delete(f"/api/teams/{anna.team_id}").status_code == 204
        assert ends(opened) < ENDED_SECONDS
    assert ben.client.get("/api/sessions").status_code == anna.client.get("/api/sessions").status_code == 401
