"""From session files to the session list, exactly."""

from pathlib import Path
from typing import Any

from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession, CodexSession
from tests.support.shapes.shape import Shape

TOKENS = ("input", "output", "cache_read", "cache_write", "total")


def tokens(session: dict[str, Any]) -> dict[str, int]:
    return {name: session["tokens"][name] for name in TOKENS}


def test_sessions_of_two_tools_are_listed_exactly(
    shape: Shape, anna: Person, way: str, tmp_path: Path
) -> None:
    """Each token is counted once, however often the tool writes it; twice reported changes nothing."""
    claude = ClaudeSession(tmp_path / "claude")
    claude.prompt()
    tool = claude.answer(output=85, tool="Bash")
    assert tool
    claude.result(tool, failed=True)
    claude.answer(output=40)
    codex = CodexSession(tmp_path / "codex")
    codex.prompt()
    codex.count(input_tokens=9_000, cached=8_000, output=200, reasoning=50)
    codex.count(input_tokens=10_500, cached=9_500, output=250, reasoning=40)
    machine = Machine(shape, anna.api_token("agent"), tmp_path, over=way)

    machine.report_once(claude_code=tmp_path / "claude", codex=tmp_path / "codex")
    first = anna.await_sessions({claude.id, codex.id})
    machine.report_once(claude_code=tmp_path / "claude", codex=tmp_path / "codex")
    second = anna.sessions()

    assert tokens(first[claude.id]) == {
        "input": 8, "output": 125, "cache_read": 24_000, "cache_write": 600, "total": 24_733,
    }  # fmt: skip
    assert (first[claude.id]["tool_calls"], first[claude.id]["errors"]) == (1, 1)
    assert first[claude.id]["tokens"]["context_used"] == 12_344
    assert tokens(first[codex.id]) == {
        "input": 2_000, "output": 450, "cache_read": 17_500, "cache_write": 0, "total": 19_950,
    }  # fmt: skip
    assert first[codex.id]["tokens"]["reasoning"] == 90
    assert first[codex.id]["cost_usd"] == round(2_000 * 2.5e-6 + 17_500 * 2.5e-7 + 450 * 1.5e-5, 6)
    assert {key: tokens(value) for key, value in second.items()} == {
        key: tokens(value) for key, value in first.items()
    }


def test_a_prompt_never_leaves_the_machine(anna: Person, machine: Machine, tmp_path: Path) -> None:
    """At the default tier no answer of the API holds a word of a prompt."""
    claude = ClaudeSession(tmp_path / "claude")
    claude.prompt("the zebra password is swordfish")
    claude.answer()
    machine.report_once(claude_code=tmp_path / "claude")
    session = anna.await_sessions({claude.id})[claude.id]

    for part in ("", "/health", "/history", "/usage", "/files", "/commits", "/memories", "/tools"):
        answer = anna.client.get(f"/api/sessions/{session['id']}{part}")
        assert answer.status_code == 200, answer.text
        assert "zebra" not in answer.text
        assert "swordfish" not in answer.text


def test_the_parts_of_a_session_add_up(anna: Person, machine: Machine, tmp_path: Path) -> None:
    """The usage series sums to the session's tokens, and the timeline holds its calls."""
    claude = ClaudeSession(tmp_path / "claude")
    claude.prompt()
    for _ in range(3):
        tool = claude.answer(tool="Bash")
        assert tool
        claude.result(tool)
    machine.report_once(claude_code=tmp_path / "claude")
    session = anna.await_sessions({claude.id})[claude.id]
    path = f"/api/sessions/{session['id']}"

    steps = anna.get(f"{path}/usage")["items"]
    for name in TOKENS[:-1]:
        assert sum(step[name] for step in steps) == session["tokens"][name]
    assert round(sum(step["cost_usd"] for step in steps), 6) == session["cost_usd"]
    history = anna.get(f"{path}/history")["items"]
    assert sum(event["kind"] == "tool" for event in history) == 3
    assert [event["at"] for event in history] == sorted((event["at"] for event in history), reverse=True)
    health = anna.get(f"{path}/health")
    assert health["score"] == session["health"]["score"]
    assert {factor["name"] for factor in health["factors"]} >= {"context", "tool_failures", "compactions"}
