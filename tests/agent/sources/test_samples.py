"""An extra check against sample sessions beside the repository, where they are."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from llm_session_manager import protocol
from llm_session_manager.sources import Snapshot
from tests.agent.sources.reading import by_id, claude, codex, tokens

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"
FOLDERS = {"real": SAMPLES, "synthetic": SAMPLES / "synthetic"}


def expected(tool: str) -> dict[tuple[str, str], dict[str, Any]]:
    file = SAMPLES / "expected.json"
    known = json.loads(file.read_bytes()) if file.exists() else {}
    return {
        (group, name): session
        for group in FOLDERS
        for name, session in known.get(group, {}).get(tool, {}).get("sessions", {}).items()
    }


CLAUDE, CODEX = expected("claude"), expected("codex")


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Snapshot]:
    sessions: dict[tuple[str, str], Snapshot] = {}
    for group, folder in FOLDERS.items():
        for source in (claude(folder / "claude"), codex(folder / "codex")):
            sessions |= {(group, name): snapshot for name, snapshot in by_id(source.refresh()).items()}
    return sessions


def common(facts: protocol.Session) -> dict[str, Any]:
    return {
        "tokens": {model or "unknown": figures for model, figures in tokens(facts).items()},
        "tools": {tool.name: tool.calls for tool in facts.tools},
        "tool_calls": facts.tool_calls,
        "errors": facts.errors,
        "prompts": facts.user_messages,
        "compactions": facts.compactions,
        "branch": facts.branch,
        "started_at": facts.started_at,
        "last_activity_at": facts.last_activity_at,
    }


def stated(session: dict[str, Any], first: str, uncached: str) -> dict[str, Any]:
    fields = (uncached, "output", "cache_read", "cache_write", "calls")
    return {
        "tokens": {model: tuple(row[name] for name in fields) for model, row in session["models"].items()},
        "tools": session["tools"],
        "tool_calls": session["tool_calls"],
        "errors": session["tool_errors"],
        "prompts": session["user_prompts"],
        "compactions": session["compactions"],
        "branch": session["git_branch"],
        "started_at": datetime.fromisoformat(session[first]),
        "last_activity_at": datetime.fromisoformat(session["last"]),
    }


@pytest.mark.parametrize("key", CLAUDE, ids="/".join)
def test_claude_code(found: dict[tuple[str, str], Snapshot], key: tuple[str, str]) -> None:
    session = CLAUDE[key]
    if not session["first"]:
        assert key not in found
        return
    facts = found[key].facts
    assert common(facts) == stated(session, "first_own", "input")
    assert [commit.sha for commit in facts.commits] == session["git_commits"]
    assert facts.api_errors == session["api_error_messages"] + session["api_error_retries"]
    assert facts.directory == session["cwd"] or session["cwd"] is None
    calls = sum(row["calls"] for row in session["models"].values())
    assert (facts.incomplete_calls == calls) == (session["final_usage_calls"] == 0 < calls) or not calls


@pytest.mark.parametrize("key", CODEX, ids="/".join)
def test_codex(found: dict[tuple[str, str], Snapshot], key: tuple[str, str]) -> None:
    session, facts = CODEX[key], found[key].facts
    assert common(facts) == stated(session, "first", "uncached_input")
    assert sum(row.reasoning or 0 for row in facts.usage) == sum(
        m["reasoning"] for m in session["models"].values()
    )
    assert (facts.parent_native_id, facts.directory) == (session["parent"], session["cwd"])
    assert (facts.context_window, facts.assistant_messages) == (
        session["context_window"],
        session["assistant_messages"],
    )


def test_no_other_sessions_are_found(found: dict[tuple[str, str], Snapshot]) -> None:
    known = {key for key, session in (CLAUDE | CODEX).items() if session["first"]}
    assert set(found) == known


def test_every_known_kind_of_record_can_be_read(tmp_path: Path) -> None:
    union = SAMPLES / "codex" / "schema-union" / "rollout-0.146-all-record-types.jsonl"
    lines = union.read_bytes() if union.exists() else b'{"type":"session_meta","payload":{"id":"x"}}\n'
    (tmp_path / "sessions").mkdir()
    (tmp_path / "sessions" / "rollout-union.jsonl").write_bytes(lines)
    source = codex(tmp_path)
    assert len(source.refresh()) == 1
    assert source.problems() == []
