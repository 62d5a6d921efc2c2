"""Who gets a socket, and what it hears: raw clients."""

import uuid
from pathlib import Path

from tests.e2e.people import Machine, Person
from tests.e2e.sockets import ask, close_code, next_update, socket
from tests.e2e.transcripts import ClaudeSession
from tests.support.shapes.shape import Shape

UNAUTHENTICATED = 4401
FORBIDDEN = 4403


def test_without_a_ticket_the_socket_closes(shape: Shape) -> None:
    with socket(shape) as opened:
        assert close_code(opened) == UNAUTHENTICATED


def test_with_a_wrong_ticket_the_socket_closes(shape: Shape) -> None:
    with socket(shape, "?ticket=" + "x" * 43) as opened:
        assert close_code(opened) == UNAUTHENTICATED


def test_with_a_wrong_token_the_socket_closes(shape: Shape) -> None:
    with socket(shape, token="nonsense") as opened:
        assert close_code(opened) == UNAUTHENTICATED


def test_a_ticket_opens_one_socket_once(shape: Shape, anna: Person) -> None:
    ticket = anna.client.post("/api/auth/ws-ticket").json()["ticket"]
    with socket(shape, f"?ticket={ticket}") as opened:
        assert ask(opened, f"team:{anna.team_id}")["type"] == "subscribed"
    with socket(shape, f"?ticket={ticket}") as opened:
        assert close_code(opened) == UNAUTHENTICATED


def test_an_agents_token_opens_no_socket(shape: Shape, anna: Person) -> None:
    with socket(shape, token=anna.api_token("agent")) as opened:
        assert close_code(opened) == FORBIDDEN


def test_another_teams_channel_is_not_found_and_the_socket_stays(shape: Shape, anna: Person) -> None:
    with (
        Person(shape, "mallory", team_name="Elsewhere") as other,
        socket(shape, token=anna.access_token) as opened,
    ):
        for channel in (
            f"team:{other.team_id}",
            f"team:{uuid.uuid4()}",
            f"user:{other.user['id']}",
            "nonsense",
        ):
            frame = ask(opened, channel)
            assert (frame["type"], frame["code"]) == ("error", "not_found")
        assert ask(opened, f"team:{anna.team_id}")["type"] == "subscribed"


def test_a_log_out_ends_the_socket(shape: Shape, anna: Person) -> None:
    with socket(shape, token=anna.access_token) as opened:
        assert ask(opened, f"team:{anna.team_id}")["type"] == "subscribed"
        assert anna.client.post("/api/auth/logout").status_code == 204
        assert close_code(opened) == UNAUTHENTICATED
    assert anna.client.get("/api/sessions").status_code == 401


def test_snapshot_then_changes(shape: Shape, anna: Person, machine: Machine, tmp_path: Path) -> None:
    """What was there comes with the subscription; what changes comes after it, whole each time."""
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    session.answer(output=100)
    machine.report_once(claude_code=tmp_path / "claude")
    with socket(shape, token=anna.access_token) as opened:
        snapshot = ask(opened, f"team:{anna.team_id}")
        assert [one["native_id"] for one in snapshot["sessions"]] == [session.id]
        session.prompt()
        session.answer(output=200)
        machine.report_once(claude_code=tmp_path / "claude")
        data = next_update(opened)
    listed = anna.sessions()[session.id]
    assert data["token_count"] == listed["tokens"]["total"]
    assert data["health_score"] == listed["health"]["score"]
    assert {name: data[name] for name in listed} == listed
