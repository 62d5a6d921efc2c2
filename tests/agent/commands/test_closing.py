"""Only the process that is certainly the session's is ended."""

import json
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.agent.commands.machines import LIMITS, SLEEPS, STAYS, Machine, tool
from tests.e2e.transcripts import CodexSession

UNSURE = {(False, "not_certain"), (False, "no_process")}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


async def close(machine: Machine, native_id: str) -> tuple[bool, str]:
    outcome = await machine.closing(*machine.order(native_id, "close"))
    return outcome.done, outcome.code


def register(machine: Machine, pid: int, native_id: str, **entry: object) -> None:
    """Claude Code's own word for which process has which session."""
    path = machine.home / "sessions" / f"{pid}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"pid": pid, "sessionId": native_id, "status": "busy", **entry}))


async def test_a_session_named_on_the_command_line_is_closed_and_told(
    machine: Machine, tmp_path: Path
) -> None:
    session = machine.session()
    with tool(tmp_path, "--resume", session.id) as process:
        await machine.loop.scan()
        assert machine.told()[session.id][0] == "active"
        assert await close(machine, session.id) == (True, "closed")
        assert process.wait(20) == -signal.SIGTERM
    assert machine.told() == {session.id: ("ended", "closed from the dashboard")}


async def test_what_it_writes_as_it_ends_is_no_new_life_and_what_comes_later_is(
    machine: Machine, tmp_path: Path
) -> None:
    session = machine.session()
    with tool(tmp_path, "--resume", session.id):
        await machine.loop.scan()
        await close(machine, session.id)
    session.at = datetime.now(UTC)
    session.prompt("one more thing")
    await machine.loop.scan()
    assert machine.told()[session.id][0] == "ended"
    session.at = datetime.now(UTC) + timedelta(seconds=10)
    session.prompt("it is resumed elsewhere")
    await machine.loop.scan()
    assert machine.told()[session.id][0] == "active"


async def test_a_stubborn_session_is_ended(tmp_path: Path) -> None:
    machine = Machine(tmp_path, limits=replace(LIMITS, close_grace=0.1))
    session = machine.session()
    with tool(tmp_path, "--resume", session.id, program=STAYS) as process:
        await machine.loop.scan()
        assert await close(machine, session.id) == (True, "killed")
        assert process.wait(20) == -signal.SIGKILL


async def test_a_registered_process_is_closed(machine: Machine, tmp_path: Path) -> None:
    session = machine.session()
    with tool(tmp_path) as process:
        register(machine, process.pid, session.id, startedAt=datetime.now(UTC).timestamp() * 1000)
        await machine.loop.scan()
        assert await close(machine, session.id) == (True, "closed")


@pytest.mark.parametrize("entry", [{"procStart": "1"}, {"startedAt": 1_000_000}])
async def test_a_process_that_started_at_another_time_is_left_alone(
    machine: Machine, tmp_path: Path, entry: dict[str, object]
) -> None:
    session = machine.session()
    with tool(tmp_path) as process:
        register(machine, process.pid, session.id, **entry)
        await machine.loop.scan()
        outcome = await machine.closing(*machine.order(session.id, "close"))
        assert (outcome.done, outcome.code) == (False, "recycled_pid")
        assert str(process.pid) in outcome.detail
        assert process.poll() is None


async def test_the_number_of_the_last_process_may_be_anothers_by_now(
    machine: Machine, tmp_path: Path
) -> None:
    session = machine.session()
    with tool(tmp_path, "--resume", session.id):
        await machine.loop.scan()
    assert await close(machine, session.id) == (False, "no_process")
    machine.witness._numbers["claude-code:" + session.id] = os.getpid()
    assert await close(machine, session.id) == (False, "recycled_pid")


async def test_a_session_without_a_process_and_an_unknown_one(machine: Machine) -> None:
    session = machine.session()
    await machine.loop.scan()
    assert await close(machine, session.id) == (False, "no_process")
    assert await close(machine, "of-another-machine") == (False, "unknown_session")
    machine.told()
    await machine.loop.scan()
    assert machine.told() == {}


@pytest.mark.parametrize(("sessions", "ends"), [(1, {(True, "closed")}), (2, UNSURE)])
async def test_a_folder_proves_it_only_where_nothing_else_could_be_meant(
    tmp_path: Path, sessions: int, ends: set[tuple[bool, str]]
) -> None:
    machine = Machine(tmp_path, usual=True)
    shop = tmp_path / "shop"
    shop.mkdir()
    with tool(tmp_path, cwd=shop) as process:
        made = [machine.session(str(shop)) for _ in range(sessions)]
        await machine.loop.scan()
        assert {await close(machine, one.id) for one in made} == ends
        assert (process.poll() is None) is (sessions > 1)


async def test_a_process_that_works_on_several_sessions_is_left_alone(
    machine: Machine, tmp_path: Path
) -> None:
    first, second = CodexSession(machine.codex), CodexSession(machine.codex)
    for session in (first, second):
        session.prompt()
    program = f"import sys; held = [open(path) for path in sys.argv[1:]]; {SLEEPS}"
    with tool(tmp_path, str(first.path), str(second.path), program=program, name="codex") as process:
        await machine.loop.scan()
        outcome = await machine.closing(*machine.order(first.id, "close", "codex"))
        assert (outcome.done, outcome.code) == (False, "shared_process")
        assert process.poll() is None
    with tool(tmp_path, str(first.path), program=program, name="codex") as process:
        outcome = await machine.closing(*machine.order(first.id, "close", "codex"))
        assert (outcome.done, outcome.code) == (True, "closed")
        assert process.wait(20) == -signal.SIGTERM
