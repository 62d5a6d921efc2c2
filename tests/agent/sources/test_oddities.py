"""Whatever stands in a file, reading it raises nothing and gives facts that can be reported."""

import copy
import json
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.sources.claude_code.test_refresh import chat_with_everything
from tests.agent.sources.claude_lines import SESSION
from tests.agent.sources.codex.test_forks import fork, parent
from tests.agent.sources.codex.test_tools import PATCH
from tests.agent.sources.reading import claude, codex

JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, -1, 0, 5, 2**60, 10**40, 1.5, float("inf")),
        *("", "x", "\ud83d", "\x00\x1b[31m", "y" * 5000, "{", "[1]", "2026-13-45T99:99:99Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"),
        *([], [[]], [None, 5, "z"], {}),
        {"type": {}, "content": [[]], "text": 5, "id": [], "output": 7, "metadata": []},
    ]
)
Change = tuple[int, Any]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place below a JSON value, as container and index."""
    for index in value if isinstance(value, dict) else range(len(value)):
        yield value, index
        if isinstance(value[index], dict | list):
            yield from places(value[index])


def damaged(lines: list[dict[str, Any]], changes: list[Change]) -> bytes:
    """The lines with some of their values replaced."""
    found = copy.deepcopy(lines)
    for place, junk in changes:
        spots = list(places(found))
        container, index = spots[place % len(spots)]
        container[index] = copy.deepcopy(junk)
    return b"".join(json.dumps(line).encode() + b"\n" for line in found)


def claude_lines() -> list[dict[str, Any]]:
    chat = chat_with_everything()
    chat.use("m8", "t8", "Task", {"subagent_type": "x"}, usage={"iterations": [{"type": "advisor_message"}]})
    chat.result("t8", "boom", error=True, detail={"agentId": "a", "totalDurationMs": 5})
    chat.answer("s1", isSidechain=True)
    chat.line("pr-link", prNumber=1, prUrl="https://x/y/pull/1", prRepository="y")
    chat.line("system", subtype="api_error", error={"status": 500})
    return chat.lines


def codex_lines() -> list[dict[str, Any]]:
    rollout = fork(parent())
    rollout.item("custom_tool_call", name="apply_patch", call_id="p", input=PATCH)
    rollout.event(
        "patch_apply_end", call_id="p", success=True, changes={"a": {"type": "add", "content": "x"}}
    )
    rollout.event("mcp_tool_call_end", call_id="p", result={"Ok": {"isError": True}}, duration={"secs": 1})
    rollout.event("error", message="x")
    return rollout.lines


CLAUDE, CODEX = claude_lines(), codex_lines()
CHANGES = st.lists(st.tuples(st.integers(0, 5000), JUNK), min_size=1, max_size=12)


@settings(max_examples=150, deadline=timedelta(seconds=5))
@given(changes=CHANGES)
def test_claude_code(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "projects" / "p" / f"{SESSION}.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(damaged(CLAUDE, changes))
        source = claude(Path(folder), tier="content")
        assert len(list(source.refresh())) <= 1
        source.problems()


@settings(max_examples=150, deadline=timedelta(seconds=5))
@given(changes=CHANGES)
def test_codex(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions" / "rollout-x.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(damaged(CODEX, changes))
        parent().write(Path(folder))
        source = codex(Path(folder), tier="content")
        assert len(list(source.refresh())) <= 2
        source.problems()


@pytest.mark.parametrize("depth", [200, 300, 900, 1000, 1020, 1100, 50_000])
def test_values_nested_deeply_break_nothing(tmp_path: Path, depth: int) -> None:
    nested = b"[" * depth + b"]" * depth
    for lines, name, field in (
        (CLAUDE, f"projects/p/{SESSION}.jsonl", b'{"command": "git commit"}'),
        (CODEX, "sessions/rollout-x.jsonl", b'"x"'),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        assert field in text
        path.write_bytes(text.replace(field, nested))
    assert len(list(claude(tmp_path).refresh())) == 1
    assert len(list(codex(tmp_path).refresh())) == 1
