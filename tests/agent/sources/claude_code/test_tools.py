"""Tools, their failures, and what they leave behind."""

from pathlib import Path
from typing import Any

import pytest

from llm_session_manager import protocol
from tests.agent.sources.claude_lines import Chat
from tests.agent.sources.reading import claude, only


@pytest.mark.parametrize(
    ("words", "category", "outcome"),
    [
        ("Exit code 1\nfatal: timed out", "exit_code", "failed"),
        ("exit 1", "exit_code", "failed"),
        ("The user doesn't want to proceed with this tool use.", "rejected", "refused"),
        (
            "Claude requested permissions to write to /x, but you haven't granted it yet.",
            "permission",
            "refused",
        ),
        ("<tool_use_error>String to replace not found in file.", "edit_mismatch", "failed"),
        ("<tool_use_error>File has not been read yet.</tool_use_error>", "edit_mismatch", "failed"),
        ("<tool_use_error>File does not exist.</tool_use_error>", "not_found", "failed"),
        ("<tool_use_error>InputValidationError: Task failed", "client", "failed"),
        ("Command timed out after 2m 0s", "timeout", "failed"),
        ("[Request interrupted by user for tool use]", "interrupted", "interrupted"),
    ],
)
def test_an_error_has_a_category(tmp_path: Path, words: str, category: str, outcome: str) -> None:
    chat = Chat()
    chat.use("m1", "t1")
    chat.result("t1", words, error=True, detail=f"Error: {words}")
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    assert (snapshot.facts.errors, snapshot.facts.error_categories) == (1, {category: 1})
    assert snapshot.facts.refusals == (outcome == "refused")
    assert snapshot.facts.tools == (protocol.ToolUse(name="Bash", calls=1, errors=1),)
    [event] = [event for event in snapshot.events if event.kind == "tool"]
    assert (event.outcome, event.category, event.duration_ms) == (outcome, category, 1000)


def test_errors_of_other_tools_are_other_or_the_clients(tmp_path: Path) -> None:
    chat = Chat()
    for number, words in enumerate(("boom", "<tool_use_error>boom")):
        chat.use(f"m{number}", f"t{number}", "WebFetch", {"url": "x"})
        chat.result(f"t{number}", words, error=True)
    chat.result("t-unseen", [{"type": "text", "text": "boom"}], error=True)
    chat.write(tmp_path)
    assert only(claude(tmp_path)).facts.error_categories == {"client": 1, "other": 2}


def test_the_longest_repeat_is_of_one_tool_with_one_input(tmp_path: Path) -> None:
    chat = Chat()
    for number, command in enumerate(("a", "a", "b", "b", "b", "a")):
        chat.use(f"m{number}", f"t{number}", given={"command": command})
    chat.use("m9", "t9", "Read", {"command": "a"})
    chat.write(tmp_path)
    assert only(claude(tmp_path)).facts.longest_repeat == 3


def edit(chat: Chat, number: int, detail: dict[str, Any], name: str = "Edit") -> None:
    chat.use(f"m{number}", f"t{number}", name, {"file_path": detail["filePath"]})
    chat.result(f"t{number}", "done", detail=detail)


def test_file_changes_add_up_by_file(tmp_path: Path) -> None:
    chat = Chat()
    patch = [{"lines": [" a", "-b", "+c", "+d"]}, {"lines": ["+e"]}]
    edit(
        chat,
        1,
        {"type": "create", "filePath": "/w/new.py", "content": "a\nb\nc", "structuredPatch": []},
        "Write",
    )
    edit(chat, 2, {"filePath": "/w/new.py", "structuredPatch": patch})
    edit(chat, 3, {"filePath": "/w/old.py", "structuredPatch": patch, "edits": []}, "MultiEdit")
    chat.use("m4", "t4", "NotebookEdit", {"notebook_path": "/w/n.ipynb"})
    chat.result("t4", "done", detail={"notebook_path": "/w/n.ipynb", "new_source": "x"})
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    found = [(one.path, one.change, one.edits, one.added, one.removed) for one in facts.files]
    assert found == [
        ("/w/new.py", "added", 2, 6, 1),
        ("/w/old.py", "updated", 1, 3, 1),
        ("/w/n.ipynb", "updated", 1, None, None),
    ]
    assert facts.files_changed == 3


def test_the_latest_500_files_are_kept_and_all_are_counted(tmp_path: Path) -> None:
    chat = Chat()
    for number in range(510):
        edit(chat, number, {"filePath": f"/w/{number}.py", "structuredPatch": [{"lines": ["+a"]}]})
    chat.write(tmp_path)
    facts = only(claude(tmp_path)).facts
    assert (facts.files_changed, len(facts.files), facts.files[-1].path) == (510, 500, "/w/509.py")


def test_only_git_s_answer_proves_a_commit(tmp_path: Path) -> None:
    chat = Chat()
    chat.use("m1", "t1", given={"command": 'git add -A && git commit -m "Fix tax"'})
    chat.result("t1", "noise\n[main 1a2b3c4] Fix tax\n 1 file changed")
    chat.use("m2", "t2", given={"command": "git commit"})
    chat.result("t2", "nothing to commit")
    chat.use("m3", "t3", given={"command": "cat log"})
    chat.result("t3", "[main 9999999] Not ours")
    chat.use("m4", "t4", given={"command": "git commit"})
    chat.result("t4", [{"type": "text", "text": "[detached HEAD (root-commit) abcdef0] First"}])
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    found = [(one.sha, one.branch, one.subject) for one in snapshot.facts.commits]
    assert found == [("1a2b3c4", "main", "Fix tax"), ("abcdef0", None, "First")]
    details = [(event.name, event.detail) for event in snapshot.events if event.kind == "commit"]
    assert details == [("1a2b3c4", "Fix tax"), ("abcdef0", "First")]


def test_pull_requests_come_from_links_and_from_commands(tmp_path: Path) -> None:
    chat = Chat()
    url = "https://github.com/ada/shop/pull/7"
    chat.line("pr-link", prNumber=7, prUrl=url, prRepository="ada/shop")
    chat.use("m1", "t1", given={"command": "gh pr create --fill"})
    chat.result("t1", f"Creating\n{url}\n")
    chat.use("m2", "t2", given={"command": "gh pr create --fill"})
    chat.result("t2", "https://github.com/ada/shop/pull/8")
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    found = [(one.number, one.url, one.repository) for one in snapshot.facts.pull_requests]
    assert found == [(7, url, "ada/shop"), (8, "https://github.com/ada/shop/pull/8", "ada/shop")]
    assert next(event.detail for event in snapshot.events if event.kind == "pull_request") == url


def test_api_errors_are_final_ones_and_retries(tmp_path: Path) -> None:
    chat = Chat()
    chat.prompt()
    chat.line("system", subtype="api_error", retryAttempt=1, error={"status": 529})
    words = [{"type": "text", "text": "API Error: 529 overloaded_error"}]
    chat.line("assistant", isApiErrorMessage=True, message={"model": "<synthetic>", "content": words})
    chat.write(tmp_path)
    snapshot = only(claude(tmp_path))
    assert snapshot.facts.api_errors == 2
    assert [event.category for event in snapshot.events if event.kind == "api_error"] == ["server", "server"]
    assert (snapshot.tail.state, snapshot.facts.status) == ("api_error", "error")
