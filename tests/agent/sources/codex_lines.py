"""Builds small Codex rollouts."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARENT = "aaaaaaaa-1111-7111-8111-111111111111"
CHILD = "bbbbbbbb-2222-7222-8222-222222222222"
ZERO = {"input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0, "reasoning_output_tokens": 0}


def usage(given: int, cached: int = 0, output: int = 0, reasoning: int = 0, **more: int) -> dict[str, int]:
    """Token counts as the tool writes them."""
    return {
        "input_tokens": given,
        "cached_input_tokens": cached,
        "output_tokens": output,
        "reasoning_output_tokens": reasoning,
        "total_tokens": given + output,
        **more,
    }


class Rollout:
    """Writes the lines of one thread; every line is a second after the one before."""

    def __init__(self, thread: str = PARENT, start: float = 0, **meta: Any) -> None:
        self.thread = thread
        self.clock = start
        self.lines: list[dict[str, Any]] = []
        self.total = dict(ZERO)
        git = {"branch": "main", "repository_url": "https://ada:secret@github.com/acme/shop.git"}
        usual = {"id": thread, "cwd": "/home/ada/shop", "cli_version": "0.140.0", "source": "cli", "git": git}
        self.line("session_meta", **{**usual, **meta})

    def line(self, kind: str, **payload: Any) -> dict[str, Any]:
        self.clock += 1
        at = (START + timedelta(seconds=self.clock)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"timestamp": at, "type": kind, "payload": payload}
        self.lines.append(entry)
        return entry

    def event(self, kind: str, **payload: Any) -> dict[str, Any]:
        return self.line("event_msg", type=kind, **payload)

    def item(self, kind: str, **payload: Any) -> dict[str, Any]:
        return self.line("response_item", type=kind, **payload)

    def turn(self, turn: str, words: str = "Fix the tax bug", model: str = "gpt-5.4") -> None:
        """The beginning of a turn."""
        self.event("task_started", turn_id=turn, model_context_window=258_400)
        self.item("message", role="user", content=[{"type": "input_text", "text": words}])
        self.event("user_message", message=words)
        self.line("turn_context", turn_id=turn, cwd="/elsewhere", model=model)

    def done(self, turn: str) -> None:
        self.item("message", role="assistant", content=[{"type": "output_text", "text": "Done."}])
        self.event("task_complete", turn_id=turn, last_agent_message="Done.")

    def spend(self, given: int, cached: int = 0, output: int = 0, reasoning: int = 0) -> None:
        """A response, counted by a running total."""
        last = usage(given, cached, output, reasoning)
        self.total = {name: figure + last[name] for name, figure in self.total.items()}
        self.count(
            {**self.total, "total_tokens": self.total["input_tokens"] + self.total["output_tokens"]}, last
        )

    def count(self, total: dict[str, int], last: dict[str, int]) -> None:
        info = {"total_token_usage": total, "last_token_usage": last, "model_context_window": 258_400}
        self.event("token_count", info=info, rate_limits=None)

    def call(self, identity: str, name: str = "shell", given: Any = None) -> None:
        self.item(
            "function_call", name=name, call_id=identity, arguments=json.dumps(given or {"command": ["ls"]})
        )

    def output(self, identity: str, output: Any = "ok") -> None:
        self.item("function_call_output", call_id=identity, output=output)

    def name(self) -> str:
        return f"rollout-2026-03-02T09-00-00-{self.thread}.jsonl"

    def text(self) -> bytes:
        return text(self.lines)

    def write(self, home: Path, folder: str = "sessions/2026/03/02") -> Path:
        path = home / folder / self.name()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.text())
        return path


def text(lines: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
