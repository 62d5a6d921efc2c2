"""Reading again, from anywhere, in any order."""

import os
import random
import tempfile
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from llm_session_manager.sources import Snapshot
from llm_session_manager.sources.claude_code import default_homes
from llm_session_manager.sources.packed import Due
from tests.agent.sources.claude_lines import OTHER, SESSION, Chat, text, write
from tests.agent.sources.reading import by_id, claude, kinds, only, output, read


def chat_with_everything() -> Chat:
    chat = Chat()
    chat.prompt()
    chat.answer("m1", output=2)
    chat.use("m1", "t1", given={"command": "git commit"}, output=30)
    chat.result("t1", "[main 1a2b3c4] Fix tax")
    chat.use("m2", "t2", "Edit", {"file_path": "/w/a.py"})
    chat.result("t2", detail={"filePath": "/w/a.py", "structuredPatch": [{"lines": ["+é"]}]})
    chat.line("system", subtype="compact_boundary", compactMetadata={"preTokens": 9})
    chat.lines.append({"type": "ai-title", "aiTitle": "Täx"})
    chat.clock += 1000
    chat.prompt("Go on")
    chat.answer("m3", stop="end_turn", output=4)
    return chat


def test_an_unchanged_folder_changes_nothing(tmp_path: Path) -> None:
    chat_with_everything().write(tmp_path)
    source = claude(tmp_path)
    assert len(source.refresh()) == 1
    assert len(source.refresh()) == 0


def test_only_new_events_are_handed_out(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.use("m1", "t1")
    path = chat.write(tmp_path)
    source = claude(tmp_path)
    first = only(source)
    assert kinds(first) == ["prompt", "answer", "tool"]
    chat.result("t1")
    path.write_bytes(text(chat.lines))
    again = only(source)
    assert kinds(again) == ["tool"]
    assert (first.events[2].id, first.events[2].outcome) == (again.events[0].id, None)
    assert again.events[0].outcome == "ok"


def test_a_later_run_hands_out_no_event_twice(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.answer("m1")
    path = chat.write(tmp_path)
    source = claude(tmp_path)
    only(source)
    cursors = source.cursors()
    chat.answer("m2")
    path.write_bytes(text(chat.lines))
    later = only(claude(tmp_path, cursors=cursors))
    assert kinds(later) == ["answer"]
    assert later.facts.assistant_messages == 2


def test_events_are_the_same_on_every_reading(tmp_path: Path) -> None:
    chat_with_everything().write(tmp_path)
    first, second = only(claude(tmp_path)), only(claude(tmp_path))
    assert first.events == second.events
    assert len({event.id for event in first.events}) == len(first.events)
    assert sorted({*kinds(first)}) == ["answer", "commit", "compaction", "prompt", "tool"]


def test_a_snapshot_can_be_taken_out_twice(tmp_path: Path) -> None:
    chat_with_everything().write(tmp_path)
    changes = claude(tmp_path).refresh()
    assert changes[0] == changes[0]
    assert list(changes[:1]) == [changes[0]]


def test_of_very_many_due_events_the_latest_are_handed_out() -> None:
    due = Due()
    for key in range(3 * Due.MOST):
        due.add(key)
    assert due.take() == list(range(2 * Due.MOST, 3 * Due.MOST))
    assert due.take() == []


def test_a_deleted_transcript_leaves_its_session(tmp_path: Path) -> None:
    path = chat_with_everything().write(tmp_path)
    source = claude(tmp_path)
    before = output(read(source)[SESSION])
    path.unlink()
    assert len(source.refresh()) == 0
    assert len(source.refresh([path])) == 0
    agent = Chat(prefix="a", isSidechain=True)
    agent.answer("s1", output=5)
    write(tmp_path, f"{SESSION}/subagents/agent-a1.jsonl", agent.lines)
    assert output(read(source)[SESSION]) == before + 5


def test_a_replaced_transcript_is_read_anew(tmp_path: Path) -> None:
    chat = chat_with_everything()
    path = chat.write(tmp_path)
    source = claude(tmp_path)
    only(source)
    shorter = Chat(prefix="new")
    shorter.answer("m9", output=7)
    path.write_bytes(text(shorter.lines))
    facts = only(source).facts
    assert (output(facts), facts.user_messages, facts.commits) == (7, 0, ())


def test_a_replaced_original_gives_its_messages_to_the_copy(tmp_path: Path) -> None:
    chat = chat_with_everything()
    path = chat.write(tmp_path)
    copy = [{**line, "sessionId": OTHER, "sessionKind": "bg"} for line in chat.lines]
    write(tmp_path, f"{OTHER}.jsonl", copy)
    source = claude(tmp_path)
    assert output(read(source)[OTHER]) == 0
    shorter = Chat(prefix="new", start=5000)
    shorter.answer("m9", output=7)
    path.write_bytes(text(shorter.lines))
    sessions = read(source)
    assert (output(sessions[SESSION]), output(sessions[OTHER])) == (7, 44)


def test_only_named_files_are_read(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    path = chat.write(tmp_path)
    other = Chat(OTHER)
    other.prompt()
    other_path = other.write(tmp_path)
    source = claude(tmp_path)
    assert set(by_id(source.refresh([path]))) == {SESSION}
    assert set(by_id(source.refresh([other_path.parent]))) == {OTHER}
    assert len(source.refresh([tmp_path.parent / "elsewhere.jsonl", tmp_path / "history.jsonl"])) == 0


def test_a_watcher_may_name_the_place_a_link_leads_to(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    path = chat.write(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    source = claude(tmp_path / "link")
    [snapshot] = source.refresh([path])
    assert snapshot.files == (tmp_path / "link" / path.relative_to(tmp_path / "real"),)
    assert list(source.refresh()) == []


def test_links_out_of_the_folder_are_ignored(tmp_path: Path) -> None:
    home = tmp_path / "home"
    chat = Chat()
    chat.prompt()
    real = chat.write(tmp_path / "outside")
    inside = Chat(OTHER)
    inside.prompt()
    path = inside.write(home)
    link = path.with_name("33333333.jsonl")
    link.symlink_to(real)
    (home / "projects" / "q").symlink_to(real.parent)
    os.mkfifo(path.with_name("44444444.jsonl"))
    source = claude(home)
    assert set(by_id(source.refresh())) == {OTHER}
    assert (
        len(source.refresh([link, home / "projects" / "q" / real.name, path.with_name("44444444.jsonl")]))
        == 0
    )


def test_a_folder_of_projects_that_leads_out_is_no_folder(tmp_path: Path) -> None:
    Chat().write(tmp_path / "outside")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "projects").symlink_to(tmp_path / "outside" / "projects")
    source = claude(tmp_path / "home")
    assert (source.folders(), list(source.refresh())) == ([], [])


def test_folders_are_those_that_exist(tmp_path: Path) -> None:
    source = claude(tmp_path)
    assert source.folders() == []
    Chat().write(tmp_path)
    assert source.folders() == [tmp_path / "projects"]


def test_homes_are_named_or_the_usual_ones(tmp_path: Path) -> None:
    assert default_homes({}, tmp_path) == []
    (tmp_path / ".claude").mkdir()
    (tmp_path / "config" / "claude").mkdir(parents=True)
    usual = [tmp_path / ".claude", tmp_path / "config" / "claude"]
    assert default_homes({"XDG_CONFIG_HOME": str(tmp_path / "config")}, tmp_path) == usual
    assert default_homes({"CLAUDE_CONFIG_DIR": "/a, /b,"}, tmp_path) == [Path("/a"), Path("/b")]


def family() -> dict[str, bytes]:
    """An original, its background copy, a plain fork, and sub-agents."""
    chat = chat_with_everything()
    copy = Chat(OTHER, prefix="c", sessionKind="bg", start=chat.clock)
    copy.lines = [{**line, "sessionId": OTHER, "sessionKind": "bg"} for line in chat.lines[:6]]
    copy.prompt("In the background")
    copy.use("m7", "t7", output=6)
    fork = Chat("33333333", prefix="f", start=chat.clock + 5)
    fork.lines = [{**line, "sessionId": "33333333"} for line in chat.lines]
    fork.answer("m3", output=40)
    fork.answer("m8", output=8)
    agent = Chat(prefix="a", isSidechain=True, start=3)
    agent.use("s1", "t8", output=3)
    agent.result("t8", "Exit code 2", error=True)
    aside = Chat(prefix="b", isSidechain=True, start=4)
    aside.answer("m1", output=90)
    return {
        f"{SESSION}.jsonl": text(chat.lines) + b"{broken\n",
        f"{OTHER}.jsonl": text(copy.lines),
        "33333333.jsonl": text(fork.lines),
        f"{SESSION}/subagents/agent-a1.jsonl": text(agent.lines),
        "agent-0a1b2c3d.jsonl": text(aside.lines),
    }


FAMILY = family()


def told(snapshots: dict[str, Snapshot]) -> dict[str, str]:
    return {name: snapshot.facts.model_dump_json() for name, snapshot in snapshots.items()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("whole")
    for name, data in FAMILY.items():
        path = home / "projects" / "p" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return told(by_id(claude(home).refresh()))


@settings(
    max_examples=60,
    deadline=timedelta(seconds=5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 10_000), max_size=4))
def test_facts_do_not_depend_on_the_order_of_bytes_and_files(
    whole: dict[str, str], seed: int, cuts: list[int]
) -> None:
    order = random.Random(seed)
    pieces = []
    for name, data in FAMILY.items():
        places = sorted({0, len(data), *(cut % len(data) for cut in cuts)})
        pieces.append([(name, data[a:b]) for a, b in pairwise(places)])
    with tempfile.TemporaryDirectory() as folder:
        source, latest = claude(Path(folder)), {}
        while any(pieces):
            name, data = order.choice([queue for queue in pieces if queue]).pop(0)
            path = Path(folder) / "projects" / "p" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)
            if order.random() < 0.7:
                latest.update(by_id(source.refresh([path] if order.random() < 0.5 else None)))
        latest.update(by_id(source.refresh()))
        assert told(latest) == whole
