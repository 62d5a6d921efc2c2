"""One owner for each message, whichever files hold it."""

from pathlib import Path

from tests.agent.sources.claude_lines import OTHER, SESSION, Chat, write
from tests.agent.sources.reading import claude, output, read, tokens

OPUS = "claude-opus-4-7"


def background_pair(home: Path) -> None:
    original = Chat(SESSION, prefix="o")
    original.prompt()
    original.use("m1", "t1", output=30)
    original.result("t1", "Exit code 1", error=True)
    original.answer("m2", stop="end_turn")
    copy = Chat(OTHER, prefix="c", sessionKind="bg")
    copy.lines = [{**line, "sessionId": OTHER, "sessionKind": "bg"} for line in original.lines]
    copy.clock = original.clock + 100
    copy.prompt("And now the docs")
    copy.use("m3", "t3")
    original.write(home)
    copy.write(home)


def test_a_background_copy_owns_only_what_it_adds(tmp_path: Path) -> None:
    background_pair(tmp_path)
    sessions = read(claude(tmp_path))
    assert tokens(sessions[SESSION])[OPUS][-1] == 2
    assert tokens(sessions[OTHER])[OPUS][-1] == 1
    copy = sessions[OTHER]
    assert (copy.user_messages, copy.tool_calls, copy.errors, copy.parent_native_id) == (1, 1, 0, SESSION)
    assert copy.started_at is not None
    assert copy.started_at.isoformat(timespec="seconds") == "2026-03-02T09:01:45+00:00"
    assert (sessions[SESSION].tool_calls, sessions[SESSION].errors) == (1, 1)


def test_a_plain_fork_is_found_by_its_overlap(tmp_path: Path) -> None:
    original = Chat(SESSION, start=100)
    original.prompt()
    original.answer("m1")
    earlier = Chat(OTHER, prefix="fork", start=50)
    earlier.prompt("Something before")
    earlier.lines += [{**line, "sessionId": OTHER} for line in original.lines]
    original.write(tmp_path)
    earlier.write(tmp_path)
    sessions = read(claude(tmp_path))
    assert SESSION not in sessions or output(sessions[SESSION]) == 0
    assert (output(sessions[OTHER]), sessions[OTHER].user_messages) == (10, 2)


def test_copies_that_begin_together_have_one_owner(tmp_path: Path) -> None:
    original = Chat(SESSION)
    original.prompt()
    original.answer("m1")
    for session in (SESSION, OTHER):
        write(tmp_path, f"{session}.jsonl", [{**line, "sessionId": session} for line in original.lines])
    sessions = read(claude(tmp_path))
    assert sorted(output(session) for session in sessions.values()) == [0, 10]
    assert sum(session.user_messages or 0 for session in sessions.values()) == 1


def test_a_call_continued_in_the_copy_has_its_whole_output(tmp_path: Path) -> None:
    original = Chat(SESSION)
    original.answer("m1", output=2)
    copy = Chat(OTHER, sessionKind="bg", prefix="c", start=1)
    copy.lines = [{**line, "sessionId": OTHER, "sessionKind": "bg"} for line in original.lines]
    copy.answer("m1", output=90)
    original.write(tmp_path)
    copy.write(tmp_path)
    sessions = read(claude(tmp_path))
    assert (output(sessions[SESSION]), output(sessions[OTHER])) == (90, 0)


def test_ownership_that_moves_changes_both_sessions(tmp_path: Path) -> None:
    original = Chat(SESSION)
    original.prompt()
    original.answer("m1")
    late = [{**line, "sessionId": OTHER, "sessionKind": "bg"} for line in original.lines]
    write(tmp_path, f"{OTHER}.jsonl", late)
    source = claude(tmp_path)
    assert output(read(source)[OTHER]) == 10
    original.write(tmp_path)
    sessions = read(source)
    assert (output(sessions[SESSION]), output(sessions[OTHER])) == (10, 0)
