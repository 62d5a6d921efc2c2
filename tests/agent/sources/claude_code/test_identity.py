"""Who and where a session is, at each tier."""

from pathlib import Path
from typing import Any

import pytest

from tests.agent.sources.claude_lines import SESSION, Chat, write
from tests.agent.sources.reading import claude, only


def test_the_first_directory_and_the_last_branch_hold(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.prompt(cwd="/home/ada/shop/api", gitBranch="feature", version="2.1.115")
    chat.prompt(gitBranch="")
    chat.fields["gitBranch"] = ""
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    facts = snapshot.facts
    assert (facts.directory, facts.project, facts.branch) == ("/home/ada/shop", "shop", "feature")
    assert (facts.title, facts.title_source) == ("shop · feature · 09:00", "place")
    assert (facts.tool, facts.native_id, facts.hostname, facts.ended_at) == (
        "claude-code",
        SESSION,
        None,
        None,
    )
    assert (snapshot.start_directory, snapshot.files) == (
        "/home/ada/shop",
        (tmp_path / f"projects/p/{SESSION}.jsonl",),
    )


def test_the_repository_is_read_from_git_without_credentials(tmp_path: Path) -> None:
    git = tmp_path / "work" / "shop" / ".git"
    git.mkdir(parents=True)
    (git / "config").write_text(
        '[remote "origin"]\n\turl = https://ada:secret@github.com/acme/shop-api.git\n'
    )
    chat = Chat(cwd=str(git.parent / "src"))
    chat.prompt()
    (git.parent / "src").mkdir()
    chat.write(tmp_path / "home")
    facts = only(claude(tmp_path / "home")).facts
    assert (facts.project, facts.repository) == ("shop", "acme/shop-api")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([{"type": "summary", "summary": "Tax", "leafUuid": "1111-0"}], "Tax"),
        ([{"type": "summary", "summary": "Tax", "leafUuid": "elsewhere"}], None),
        (
            [{"type": "ai-title", "aiTitle": "Old"}, {"type": "ai-title", "aiTitle": "Fix\nthe tax"}],
            "Fix the tax",
        ),
        ([{"type": "agent-name", "agentName": "tax"}, {"type": "ai-title", "aiTitle": "T"}], "tax"),
        ([{"type": "last-prompt", "lastPrompt": "Fix it"}], None),
        ([{"type": "custom-title", "customTitle": "Mine"}], None),
    ],
)
def test_only_the_tool_s_own_titles_are_taken(
    tmp_path: Path, lines: list[dict[str, Any]], title: str | None
) -> None:
    chat = Chat()
    chat.prompt()
    write(tmp_path, f"{SESSION}.jsonl", [*chat.lines, *lines])
    facts = only(claude(tmp_path)).facts
    assert (facts.title, facts.title_source) == (
        (title, "tool") if title else ("shop · main · 09:00", "place")
    )


def busy(home: Path) -> None:
    chat = Chat()
    chat.prompt("My secret words")
    chat.use("m1", "t1", given={"command": "git commit; gh pr create"})
    chat.result("t1", "[main 1a2b3c4] Fix tax\nhttps://github.com/ada/shop/pull/7")
    chat.use("m2", "t2", "Edit", {"file_path": "/w/a.py"})
    chat.result("t2", detail={"filePath": "/w/a.py", "structuredPatch": [{"lines": ["+a"]}]})
    chat.write(home)
    (home / "CLAUDE.md").write_text("Be brief.\n")


def test_at_tier_counts_no_name_is_given(tmp_path: Path) -> None:
    busy(tmp_path)
    snapshot = only(claude(tmp_path, tier="counts"))
    facts = snapshot.facts
    assert {facts.title, facts.project, facts.directory, facts.repository, facts.branch} == {None}
    assert (facts.files, facts.files_changed, facts.pull_requests, facts.memories) == ((), 1, (), ())
    [commit] = facts.commits
    assert (commit.branch, commit.subject) == (None, None)
    assert {event.detail for event in snapshot.events} == {None}
    assert facts.tool_calls == 2


def test_at_tier_metadata_no_prompt_is_given(tmp_path: Path) -> None:
    busy(tmp_path)
    snapshot = only(claude(tmp_path))
    assert "secret" not in snapshot.facts.model_dump_json() + str(snapshot.events)
    assert [event.detail for event in snapshot.events if event.name == "Edit"] == ["/w/a.py"]


def test_at_tier_content_the_prompt_is_given(tmp_path: Path) -> None:
    busy(tmp_path)
    snapshot = only(claude(tmp_path, tier="content"))
    assert (snapshot.facts.title, snapshot.facts.title_source) == ("My secret words", "prompt")
    assert [event.detail for event in snapshot.events if event.kind == "prompt"] == ["My secret words"]


def test_memories_are_measured_never_read_out(tmp_path: Path) -> None:
    home, start = tmp_path / "home", tmp_path / "shop"
    chat = Chat(cwd=str(start))
    chat.prompt()
    chat.write(home)
    for file in (
        home / "CLAUDE.md",
        start / "CLAUDE.md",
        start / ".claude/CLAUDE.md",
        start / "CLAUDE.local.md",
        home / "projects/p/memory/MEMORY.md",
    ):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("one\ntwo")
    found = [(one.name, one.scope, one.bytes, one.lines) for one in only(claude(home)).facts.memories]
    assert found == [
        ("~/CLAUDE.md", "user", 7, 2),
        ("CLAUDE.md", "project", 7, 2),
        (".claude/CLAUDE.md", "project", 7, 2),
        ("CLAUDE.local.md", "local", 7, 2),
        ("memory/MEMORY.md", "local", 7, 2),
    ]


@pytest.mark.parametrize(
    ("usage", "model", "window"),
    [
        ({}, "claude-opus-4-7", 200_000),
        ({"cache_read_input_tokens": 250_000}, "claude-opus-4-7", 1_000_000),
        ({}, "claude-opus-4-7[1m]", 1_000_000),
    ],
)
def test_the_window_is_large_where_that_is_proven(
    tmp_path: Path, usage: dict[str, int], model: str, window: int
) -> None:
    chat = Chat()
    chat.answer("m1", usage=usage, model=model)
    chat.answer("m2", model=model, output=7)
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert (facts.context_used, facts.context_window, facts.model) == (1110, window, model)


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        ("Fix it", True),
        ("<command-name>/init</command-name>", False),
        ("  <local-command-stdout>ok</local-command-stdout>", False),
        ("Caveat: The messages below", False),
        ("<system-reminder>x</system-reminder>", False),
        ("<task-notification>x", False),
        ("<ide_opened_file>a.py</ide_opened_file>", False),
        ("<ide_selection>a</ide_selection> Fix it", True),
        ([{"type": "tool_result", "tool_use_id": "t"}], False),
        ([{"type": "image"}, {"type": "text", "text": "See"}], True),
    ],
)
def test_prompts_are_the_person_s_own_words(tmp_path: Path, content: Any, counts: bool) -> None:
    chat = Chat()
    chat.prompt(content)
    chat.prompt("Meta", isMeta=True)
    chat.prompt("System", promptSource="system")
    chat.write(tmp_path)
    assert only(claude(tmp_path)).facts.user_messages == counts


def test_active_seconds_leave_pauses_out(tmp_path: Path) -> None:
    chat = Chat()
    for pause in (0, 59, 299, 600):
        chat.clock += pause
        chat.prompt()
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert facts.active_seconds == 60 + 300
    assert facts.started_at is not None
    assert facts.last_activity_at is not None
    assert (facts.last_activity_at - facts.started_at).total_seconds() == 961
