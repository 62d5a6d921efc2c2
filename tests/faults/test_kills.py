"""kill -9 of every part while reports flow: nothing is lost, nothing doubled, nothing left behind.

KILL_SESSIONS says of how many sessions; the suite takes as many as outlast a restart.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

SESSIONS = int(os.environ.get("KILL_SESSIONS", "400"))
CHANGED = SESSIONS // 4
CALL = 4 + 300
PATIENCE = 120.0
PARTS = ["ingest", "rabbitmq", "postgres"]


def write(home: Path, count: int) -> list[ClaudeSession]:
    made = [ClaudeSession(home, directory=f"/home/ada/project-{number % 40}") for number in range(count)]
    for number, session in enumerate(made):
        session.prompt()
        session.answer(output=number, cache_read=1_000)
    return made


def totals(person: Person) -> dict[str, int]:
    return {key: session["tokens"]["total"] for key, session in person.sessions().items()}


def dead_letters(shape: Shape, queue: str) -> str:
    part = shape.part("ingest")
    done = subprocess.run(
        [part.command()[0], "-m", "services", "dlq", "list", queue],
        env=part.environment(), capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.strip().splitlines()[-1]


def arrive(person: Person, count: int) -> None:
    """Wait until some of the sessions are there, so that the kill falls into the middle of the flow."""
    until(lambda: len(person.get("/api/sessions", limit=count)["items"]) == count or None, seconds=PATIENCE)


def check(shape: Shape, person: Person, made: list[ClaudeSession]) -> None:
    wanted = {
        session.id: CALL + 1_000 + number + (CALL + 2_000 + number if number < CHANGED else 0)
        for number, session in enumerate(made)
    }
    until(lambda: totals(person) == wanted or None, seconds=PATIENCE, every=1.0)
    for queue in ("ingest.reports", "analytics.sessions", "insight.sessions"):
        assert dead_letters(shape, queue) == f"0 dead letters in {queue}"


def go_on(made: list[ClaudeSession]) -> None:
    for number, session in enumerate(made[:CHANGED]):
        session.prompt()
        session.answer(output=number, cache_read=2_000)


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_loses_and_doubles_nothing(
    shape: Shape, anna: Person, way: str, part: str, tmp_path: Path
) -> None:
    """The part dies in the middle of the flow, sessions go on meanwhile, the part comes back."""
    if part not in shape.parts:
        pytest.skip("this shape has no such part")
    home = tmp_path / "claude"
    made = write(home, SESSIONS)
    machine = Machine(shape, anna.api_token("agent"), tmp_path, over=way)
    with machine.watching(claude_code=home):
        arrive(anna, 100)
        shape.part(part).kill()
        go_on(made)
        shape.part(part).start()
        check(shape, anna, made)


def test_a_killed_agent_loses_and_doubles_nothing(
    shape: Shape, anna: Person, way: str, tmp_path: Path
) -> None:
    """The agent dies while it sends; the next one goes on where the spool stands."""
    home = tmp_path / "claude"
    made = write(home, SESSIONS)
    machine = Machine(shape, anna.api_token("agent"), tmp_path, over=way)
    process = machine.start(claude_code=home)
    try:
        arrive(anna, 100)
    finally:
        process.kill()
        process.wait(20)
    go_on(made)
    with machine.watching(claude_code=home):
        check(shape, anna, made)
