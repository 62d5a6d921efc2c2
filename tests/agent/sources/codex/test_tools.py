"""Tools, their failures, and what they leave behind."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agent.sources.codex_lines import Rollout
from tests.agent.sources.reading import codex, only

PATCH = """*** Begin Patch
*** Add File: a.py
+one
+two
*** Update File: b.py
@@
-x
+y
*** Delete File: c.py
*** End Patch"""


@pytest.mark.parametrize(
    ("output", "category"),
    [
        ("fine", None),
        ("Exit code: 0\nWall time: 1.5 seconds\nOutput:\nerror: exited with code 3", None),
        ("Exit code: 1\nOutput:\nx", "exit_code"),
        ("Chunk ID: a\nWall time: 0.1 seconds\nProcess exited with code 2\nOutput:\nx", "exit_code"),
        ('{"output": "x", "metadata": {"exit_code": 1, "duration_seconds": 0.1}}', "exit_code"),
        ('{"output": "error", "metadata": {"exit_code": 0}}', None),
        ("failed to parse function arguments: x", "client"),
        ("error: no such file", "not_found"),
        ("patch rejected by user", "rejected"),
        ("exec command rejected by user", "rejected"),
        ("apply_patch verification", None),
        ("execution error: command timed out", "timeout"),
        ({"content": "x", "success": False}, "other"),
        ({"content": "x", "success": True}, None),
        ([{"type": "input_text", "text": "tool call error: boom"}], "other"),
        ("{not json", None),
    ],
)
def test_an_output_tells_whether_its_tool_failed(tmp_path: Path, output: Any, category: str | None) -> None:
    rollout = Rollout()
    rollout.turn("x1")
    rollout.call("c1")
    rollout.output("c1", output)
    rollout.write(tmp_path)
    snapshot = only(codex(tmp_path))
    facts = snapshot.facts
    assert facts.error_categories == ({category: 1} if category else {})
    assert (facts.errors, facts.refusals) == (int(bool(category)), int(category == "rejected"))
    [event] = [event for event in snapshot.events if event.kind == "tool"]
    assert event.outcome == {None: "ok", "rejected": "refused"}.get(category, "failed")
    assert event.duration_ms is not None


def test_durations_are_stated_or_measured(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.call("c1")
    rollout.output("c1", '{"output": "x", "metadata": {"exit_code": 0, "duration_seconds": 0.25}}')
    rollout.call("c2")
    rollout.output("c2", "Wall time: 2.5 seconds\nOutput:\nx")
    rollout.call("c3")
    rollout.output("c3")
    rollout.write(tmp_path)
    events = only(codex(tmp_path)).events
    assert [event.duration_ms for event in events] == [250, 2500, 1000]


def test_calls_of_every_kind_count_once(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.call("c1")
    rollout.call("c1")
    rollout.item("custom_tool_call", name="apply_patch", call_id="c2", input=PATCH, status="completed")
    rollout.item("local_shell_call", call_id="c3", action={"command": ["ls"]}, status="completed")
    rollout.item("web_search_call", id="w1", action={"query": "tax"}, status="completed")
    rollout.item("web_search_call", action={"query": "tax"}, status="completed")
    rollout.item("tool_search_call", call_id="c5")
    rollout.call("c6", "github__list_issues")
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    assert {tool.name: tool.calls for tool in facts.tools} == {
        "shell": 1,
        "apply_patch": 1,
        "local_shell": 1,
        "web_search": 2,
        "github__list_issues": 1,
    }


def test_events_that_report_an_end_decide(tmp_path: Path) -> None:
    rollout = Rollout()
    endings: list[tuple[str, dict[str, Any]]] = [
        ("patch_apply_end", {"success": False}),
        ("mcp_tool_call_end", {"result": {"Err": "boom"}, "duration": {"secs": 1, "nanos": 5_000_000}}),
        ("mcp_tool_call_end", {"result": {"Ok": {"isError": True}}}),
        ("mcp_tool_call_end", {"result": {"Ok": {"isError": False}}}),
        ("exec_command_end", {"exit_code": 1}),
        ("exec_command_end", {"exit_code": 0}),
    ]
    for number, (kind, payload) in enumerate(endings):
        rollout.call(f"c{number}")
        rollout.event(kind, call_id=f"c{number}", **payload)
        rollout.output(f"c{number}", "fine")
    rollout.write(tmp_path)
    snapshot = only(codex(tmp_path))
    assert snapshot.facts.error_categories == {"edit_mismatch": 1, "exit_code": 1, "other": 2}
    assert snapshot.events[1].duration_ms == 1005


def test_applied_changes_come_before_what_a_patch_asked_for(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.item("custom_tool_call", name="apply_patch", call_id="c1", input=PATCH, status="completed")
    changes = {
        "/w/a.py": {"type": "add", "content": "one\ntwo\n"},
        "/w/b.py": {"type": "update", "unified_diff": "--- a\n+++ b\n@@\n-x\n+y\n+z", "move_path": "/w/d.py"},
        "/w/c.py": {"type": "delete", "content": "gone"},
    }
    rollout.event("patch_apply_end", call_id="c1", success=True, changes=changes)
    rollout.output("c1", "Success")
    rollout.write(tmp_path)
    found = [(one.path, one.change, one.added, one.removed) for one in only(codex(tmp_path)).facts.files]
    assert found == [("/w/a.py", "added", 2, 0), ("/w/c.py", "deleted", 0, 1), ("/w/d.py", "moved", 2, 1)]


def test_a_patch_counts_if_it_did_not_fail(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.call("c1", given={"command": ["bash", "-lc", f"apply_patch <<'EOF'\n{PATCH}\nEOF"]})
    rollout.output("c1", '{"output": "Success", "metadata": {"exit_code": 0}}')
    rollout.item("custom_tool_call", name="apply_patch", call_id="c2", input=PATCH.replace("a.py", "z.py"))
    rollout.item("custom_tool_call_output", call_id="c2", output="patch rejected: x")
    rollout.item("custom_tool_call", name="apply_patch", call_id="c3", input=PATCH.replace("a.py", "q.py"))
    rollout.write(tmp_path)
    facts = only(codex(tmp_path)).facts
    found = [(one.path, one.change, one.added, one.removed) for one in facts.files]
    assert found == [("a.py", "added", 2, 0), ("b.py", "updated", 1, 1), ("c.py", "deleted", 0, 0)]


def test_commits_and_pull_requests_are_proven_by_output(tmp_path: Path) -> None:
    rollout = Rollout()
    rollout.call("c1", "exec_command", {"cmd": "git commit -am x && gh pr create"})
    rollout.output(
        "c1", json.dumps({"output": "[main 1a2b3c4] x\nhttps://github.com/a/b/pull/3", "metadata": {}})
    )
    rollout.call("c2", "exec_command", {"cmd": "cat"})
    rollout.output("c2", "[main 9999999] y")
    rollout.write(tmp_path)
    snapshot = only(codex(tmp_path))
    assert [(one.sha, one.subject) for one in snapshot.facts.commits] == [("1a2b3c4", "x")]
    assert [one.number for one in snapshot.facts.pull_requests] == [3]
    assert sorted(event.kind for event in snapshot.events) == ["commit", "pull_request", "tool", "tool"]
