"""What the end of the main chain says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from llm_session_manager.sources.claude_code import ClaudeCode
from tests.agent.sources.claude_lines import START, Chat
from tests.agent.sources.reading import claude, only

Scene = Callable[[Chat], object]


def finished(chat: Chat) -> None:
    chat.prompt()
    chat.answer("m1", stop="end_turn")


def measured(chat: Chat) -> None:
    chat.answer("m1", stop=None)
    chat.line("system", subtype="turn_duration", durationMs=5)


def asked(chat: Chat) -> None:
    chat.use("m1", "t1", "AskUserQuestion", {"questions": []})


def running(chat: Chat) -> None:
    chat.use("m1", "t1", "Grep")
    chat.use("m1", "t2", "Bash")
    chat.result("t1")


def returned(chat: Chat) -> None:
    chat.use("m1", "t1")
    chat.result("t1")


def interrupted(chat: Chat) -> None:
    chat.use("m1", "t1")
    chat.prompt([{"type": "text", "text": "[Request interrupted by user for tool use]"}])


def aside(chat: Chat) -> None:
    finished(chat)
    chat.use("s1", "t9", isSidechain=True)


def compacted_by_hand(chat: Chat) -> None:
    chat.use("m1", "t1")
    chat.line("system", subtype="compact_boundary", compactMetadata={"trigger": "manual"})


@pytest.mark.parametrize(
    ("scene", "state", "detail", "status"),
    [
        (Chat.prompt, "working", None, "active"),
        (finished, "finished", None, "waiting"),
        (measured, "finished", None, "waiting"),
        (asked, "question", "AskUserQuestion", "waiting"),
        (running, "tool", "Bash", "active"),
        (returned, "working", None, "active"),
        (interrupted, "interrupted", None, "waiting"),
        (aside, "finished", None, "waiting"),
        (compacted_by_hand, "finished", None, "waiting"),
        (lambda chat: chat.answer("m1"), "working", None, "active"),
        (lambda chat: chat.prompt("<command-name>/clear</command-name>"), "unknown", None, "idle"),
    ],
)
def test_the_end_tells_whose_turn_it_is(
    tmp_path: Path, scene: Scene, state: str, detail: str | None, status: str
) -> None:
    chat = Chat()
    scene(chat)
    chat.write(tmp_path)
    snapshot = only(ClaudeCode([tmp_path], clock=lambda: START + timedelta(minutes=1)))
    assert (snapshot.tail.state, snapshot.tail.detail) == (state, detail)
    assert (snapshot.facts.status, snapshot.facts.status_source) == (status, "transcript")


def test_a_turn_that_ended_long_ago_is_idle(tmp_path: Path) -> None:
    chat = Chat()
    finished(chat)
    chat.write(tmp_path)
    assert only(claude(tmp_path)).facts.status == "idle"


def test_the_time_is_that_of_the_last_line_of_the_main_chain(tmp_path: Path) -> None:
    chat = Chat()
    aside(chat)
    chat.write(tmp_path)
    assert only(claude(tmp_path)).tail.at == datetime.fromisoformat("2026-03-02T09:00:02Z")
