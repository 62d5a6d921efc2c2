"""What is asked of a session's machine, from the request to what every page shows, by every way there is."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.agent.commands.machines import SLEEPS, STAYS, tool
from tests.e2e.people import Machine, Person
from tests.e2e.sockets import ask, frames, socket
from tests.e2e.transcripts import ClaudeSession
from tests.support.shapes.shape import Shape
from tests.support.waiting import until


class Desktop:
    """A machine with the agent and one session of Claude Code in the middle of a turn."""

    def __init__(self, shape: Shape, person: Person, folder: Path, way: str) -> None:
        self.person = person
        self.home = folder / "claude"
        self.session = ClaudeSession(self.home)
        self.session.prompt("Where is the secret garden?")
        self.session.answer(tool="Bash")
        self.machine = Machine(shape, person.api_token("agent"), folder, over=way)

    @property
    def card(self) -> dict[str, Any]:
        found: dict[str, Any] = self.person.await_sessions({self.session.id})[self.session.id]
        return found

    @property
    def path(self) -> str:
        return f"/api/sessions/{self.card['id']}/commands"

    def ask(self, kind: str) -> dict[str, Any]:
        answer = self.person.client.post(self.path, json={"kind": kind})
        assert answer.status_code == 202, answer.text
        asked: dict[str, Any] = answer.json()
        return asked

    def ended(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What became of it, once that is known."""

        def found() -> dict[str, Any] | None:
            items = self.person.get(self.path)["items"]
            one: dict[str, Any] = next(one for one in items if one["id"] == asked["id"])
            return one if one["result"] else None

        return until(found)


@pytest.fixture
def desktop(shape: Shape, anna: Person, way: str, tmp_path: Path) -> Desktop:
    return Desktop(shape, anna, tmp_path, way)


def test_a_session_is_closed_and_every_page_shows_it(
    shape: Shape, anna: Person, desktop: Desktop, tmp_path: Path
) -> None:
    with (
        tool(tmp_path, "--resume", desktop.session.id) as process,
        desktop.machine.watching(claude_code=desktop.home),
    ):
        assert desktop.card["status"] == "active"
        channel = f"session:{desktop.card['id']}"
        with socket(shape, token=anna.access_token) as opened:
            ask(opened, channel)
            asked = desktop.ask("close")
            told: list[Any] = []
            for frame in frames(opened):
                told.append(frame)
                if frame["type"] == "session_ended":
                    break
        assert process.wait(20) == -15
        result = desktop.ended(asked)
        assert (result["status"], result["result"]["code"]) == ("done", "closed")
        stages = [frame["data"]["status"] for frame in told if frame["type"] == "command_result"]
        assert set(stages) <= {"pending", "sent", "started", "done"}
        assert stages
        assert (desktop.card["status"], desktop.card["status_reason"]) == (
            "ended",
            "closed from the dashboard",
        )


def test_a_session_that_does_not_close_when_asked_is_ended(desktop: Desktop, tmp_path: Path) -> None:
    with (
        tool(tmp_path, "--resume", desktop.session.id, program=STAYS) as process,
        desktop.machine.watching(claude_code=desktop.home),
    ):
        result = desktop.ended(desktop.ask("close"))
        assert (result["status"], result["result"]["code"]) == ("done", "killed")
        assert process.wait(20) == -9


def test_another_process_with_the_number_of_the_sessions_is_left_alone(desktop: Desktop) -> None:
    """The tool's registry says that the session's process has this number, and started at another time."""
    innocent = subprocess.Popen([sys.executable, "-c", SLEEPS], stdout=subprocess.DEVNULL)
    try:
        registry = desktop.home / "sessions" / f"{innocent.pid}.json"
        registry.parent.mkdir(parents=True)
        entry = {"pid": innocent.pid, "sessionId": desktop.session.id, "status": "busy", "procStart": "1"}
        registry.write_text(json.dumps(entry))
        with desktop.machine.watching(claude_code=desktop.home):
            result = desktop.ended(desktop.ask("close"))
        assert (result["status"], result["result"]["code"]) == ("failed", "recycled_pid")
        assert str(innocent.pid) in result["note"]
        assert innocent.poll() is None
        os.kill(innocent.pid, 0)
    finally:
        innocent.kill()
        innocent.wait(20)


def test_a_session_without_a_process_is_said_to_have_none(desktop: Desktop) -> None:
    with desktop.machine.watching(claude_code=desktop.home):
        result = desktop.ended(desktop.ask("close"))
    assert (result["status"], result["result"]["code"]) == ("failed", "no_process")


def test_a_refreshed_session_is_reported_at_once(desktop: Desktop) -> None:
    with desktop.machine.watching(claude_code=desktop.home):
        before = desktop.card["version"]
        result = desktop.ended(desktop.ask("refresh"))
        assert (result["status"], result["result"]["code"]) == ("done", "reported")
        assert until(lambda: desktop.card["version"] > before or None)


def test_an_export_holds_what_reports_may_hold_and_is_there_to_be_fetched(desktop: Desktop) -> None:
    with desktop.machine.watching(claude_code=desktop.home):
        asked = desktop.ask("export")
        result = desktop.ended(asked)
    assert (result["status"], result["result"]["code"]) == ("done", "exported")
    answer = desktop.person.client.get(f"{desktop.path}/{asked['id']}/export", params={"format": "json"})
    export = answer.json()
    assert (export["tier"], export["session"]["native_id"]) == ("metadata", desktop.session.id)
    assert {event["kind"] for event in export["events"]} >= {"prompt", "tool"}
    assert "secret garden" not in answer.text
    as_text = desktop.person.client.get(f"{desktop.path}/{asked['id']}/export")
    assert as_text.text.startswith("# ")


def test_a_command_waits_for_a_machine_that_is_off(desktop: Desktop) -> None:
    desktop.machine.report_once(claude_code=desktop.home)
    asked = desktop.ask("refresh")
    assert asked["status"] == "pending"
    assert "expires in 10 min" in asked["note"]
    with desktop.machine.watching(claude_code=desktop.home):
        assert desktop.ended(asked)["result"]["code"] == "reported"


def test_a_machine_may_refuse(desktop: Desktop) -> None:
    with desktop.machine.watching("--no-commands", claude_code=desktop.home):
        _ = desktop.card
        answer = desktop.person.client.post(desktop.path, json={"kind": "close"})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_taken")
