"""A team that takes in numbers only: neither its machines nor older ones bring it a name or a word."""

from pathlib import Path

import pytest

from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

PARTS = ("", "/health", "/history", "/usage", "/files", "/commits", "/memories", "/tools", "/export")
WORDS = ("swordfish", "zanzibar")


@pytest.mark.parametrize("program", ["llm_session_manager.cli", "tests.e2e.deaf_agent"])
def test_what_is_above_the_teams_tier_is_nowhere_and_its_numbers_are(
    shape: Shape, anna: Person, way: str, program: str, tmp_path: Path
) -> None:
    team = f"/api/teams/{anna.team_id}"
    assert anna.client.put(team, json={"settings": {"capture_tier": "counts"}}).status_code == 200
    claude = ClaudeSession(tmp_path / "claude", directory="/src/zanzibar")
    claude.prompt("the password is swordfish")
    claude.edit("zanzibar.py")
    claude.answer(output=40)
    token = anna.api_token("agent")
    headers = {"Authorization": f"Bearer {token}"}
    hello = {"machine_id": "other", "hostname": "h", "os": "o", "version": "1"}
    until(lambda: _most(anna, hello, headers) == "counts" or None)
    machine = Machine(shape, token, tmp_path, over=way, program=program, tier="content")
    machine.report_once(claude_code=tmp_path / "claude")
    session = anna.await_sessions({claude.id})[claude.id]
    assert (session["tier"], session["tool_calls"], session["files_changed"]) == ("counts", 1, 1)
    assert (session["title"], session["project"], session["branch"]) == (None, None, None)
    assert session["tokens"]["output"] == 125
    for part in PARTS:
        answer = anna.client.get(f"/api/sessions/{session['id']}{part}")
        assert answer.status_code == 200, answer.text
        assert not [word for word in WORDS if word in answer.text], part


def _most(anna: Person, hello: dict[str, str], headers: dict[str, str]) -> str:
    answer = anna.client.post("/api/agents", json=hello, headers=headers)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["most"])
