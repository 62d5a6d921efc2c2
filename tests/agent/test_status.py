from datetime import UTC, datetime, timedelta

import pytest

from llm_session_manager import status
from llm_session_manager.sources import Tail
from llm_session_manager.status import Decision, Evidence, decide

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RUNNING = Evidence("running")
BUSY_CHILD = Evidence("running", busy_child=True)
GONE = Evidence("gone")
UNSEEN = Evidence("unseen")


def registry(said: status.RegistryStatus) -> Evidence:
    return Evidence("running", said)


@pytest.mark.parametrize(
    ("tail", "seconds", "evidence", "expected", "source"),
    [
        # the tool's own word
        ("working", 5, registry("busy"), ("active", status.WORKING), "registry"),
        ("finished", 5, registry("busy"), ("active", status.WORKING), "registry"),
        ("tool", 900, registry("busy"), ("active", "running Bash"), "registry"),
        ("tool", 900, registry("shell"), ("active", "running a shell command"), "registry"),
        ("tool", 5, registry("waiting"), ("waiting", "asks to run a command"), "registry"),
        ("question", 5, registry("waiting"), ("waiting", status.ASKS_QUESTION), "registry"),
        ("finished", 5, registry("waiting"), ("waiting", "waits for an answer"), "registry"),
        ("finished", 5, registry("idle"), ("waiting", status.TURN_FINISHED), "registry"),
        ("interrupted", 5, registry("idle"), ("waiting", status.INTERRUPTED), "registry"),
        ("finished", 900, registry("idle"), ("idle", status.TURN_FINISHED), "age"),
        ("api_error", 5, registry("idle"), ("error", status.API_ERROR), "transcript"),
        # a process, and the tail
        ("working", 5, RUNNING, ("active", status.WORKING), "transcript"),
        ("working", 900, RUNNING, ("idle", status.WORKING), "age"),
        ("tool", 5, RUNNING, ("active", "running Bash"), "transcript"),
        ("tool", 50, RUNNING, ("waiting", status.ASKS_OR_RUNS), "age"),
        ("tool", 50, BUSY_CHILD, ("active", "running Bash"), "process"),
        ("tool", 7200, BUSY_CHILD, ("active", "running Bash"), "process"),
        ("finished", 5, RUNNING, ("waiting", status.TURN_FINISHED), "transcript"),
        ("finished", 599, RUNNING, ("waiting", status.TURN_FINISHED), "transcript"),
        ("finished", 600, RUNNING, ("idle", status.TURN_FINISHED), "age"),
        ("interrupted", 5, RUNNING, ("waiting", status.INTERRUPTED), "transcript"),
        ("question", 7200, RUNNING, ("waiting", status.ASKS_QUESTION), "transcript"),
        ("api_error", 7200, RUNNING, ("error", status.API_ERROR), "transcript"),
        ("unknown", 5, RUNNING, ("active", None), "age"),
        ("unknown", 70, RUNNING, ("idle", status.QUIET), "age"),
        # no process where there would be one
        ("finished", 1, GONE, ("ended", None), "process"),
        ("question", 1, GONE, ("ended", None), "process"),
        ("api_error", 1, GONE, ("ended", None), "process"),
        ("working", 30, GONE, ("active", status.WORKING), "transcript"),
        ("tool", 30, GONE, ("active", "running Bash"), "transcript"),
        ("working", 60, GONE, ("ended", None), "process"),
        ("tool", 60, GONE, ("ended", None), "process"),
        # a process that cannot be seen
        ("working", 5, UNSEEN, ("active", status.WORKING), "transcript"),
        ("tool", 100, UNSEEN, ("waiting", status.ASKS_OR_RUNS), "age"),
        ("finished", 5, UNSEEN, ("waiting", status.TURN_FINISHED), "transcript"),
        ("api_error", 5, UNSEEN, ("error", status.API_ERROR), "transcript"),
        ("working", 600, UNSEEN, ("idle", status.QUIET), "age"),
        ("question", 3599, UNSEEN, ("idle", status.QUIET), "age"),
        ("working", 3600, UNSEEN, ("ended", None), "age"),
        # a clock that is ahead
        ("working", -300, UNSEEN, ("active", status.WORKING), "transcript"),
        ("finished", -300, GONE, ("ended", None), "process"),
    ],
)
def test_states(
    tail: str, seconds: int, evidence: Evidence, expected: tuple[str, str | None], source: str
) -> None:
    at = NOW - timedelta(seconds=seconds)
    told = decide(Tail(tail, at, "Bash" if tail == "tool" else None), evidence, at, NOW)
    assert (told.status, told.reason) == expected
    assert told.source == source
    assert told.ended_at == (at if expected[0] == "ended" else None)


def test_sub_agents_keep_a_session_active_while_its_main_transcript_is_silent() -> None:
    started = NOW - timedelta(minutes=20)
    told = decide(Tail("tool", started, "Task"), RUNNING, NOW - timedelta(seconds=3), NOW)
    assert (told.status, told.reason) == ("active", "running Task")


@pytest.mark.parametrize("evidence", [GONE, UNSEEN])
def test_a_session_without_any_time_has_ended(evidence: Evidence) -> None:
    assert decide(Tail("unknown", None), evidence, None, NOW).status == "ended"


def test_a_tool_without_a_name_is_a_tool() -> None:
    assert decide(Tail("tool", NOW), RUNNING, NOW, NOW) == Decision("active", "running a tool", "transcript")
