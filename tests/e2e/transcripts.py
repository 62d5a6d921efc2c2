"""Small synthetic session files in the shape each tool writes."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ClaudeSession:
    """A Claude Code transcript that is written as the tool writes it."""

    def __init__(self, home: Path, directory: str = "/home/ada/shop", start: datetime | None = None) -> None:
        self.id = str(uuid.uuid4())
        self.directory = directory
        self.at = start or datetime.now(UTC)
        slug = "".join(letter if letter.isalnum() else "-" for letter in directory)
        self.path = home / "projects" / slug / f"{self.id}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)

    def _line(self, kind: str, **content: Any) -> None:
        self.at = max(self.at + timedelta(seconds=1), self.at)
        line = {
            "type": kind, "uuid": str(uuid.uuid4()), "parentUuid": None, "sessionId": self.id,
            "timestamp": stamp(self.at), "cwd": self.directory, "gitBranch": "main", "version": "2.1.114",
            "isSidechain": False, **content,
        }  # fmt: skip
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def prompt(self, text: str = "Fix the tax bug") -> None:
        self._line("user", message={"role": "user", "content": text})

    def answer(self, *, output: int = 85, cache_read: int = 12_000, tool: str | None = None) -> str | None:
        """One model call of 4 input and 300 cache write tokens besides those given; gives the tool's id."""
        tool_id = f"toolu_{uuid.uuid4().hex[:12]}" if tool else None
        block = (
            {"type": "tool_use", "id": tool_id, "name": tool, "input": {"command": f"true {tool_id}"}}
            if tool
            else {"type": "text", "text": "Done."}
        )
        usage = {
            "input_tokens": 4, "cache_read_input_tokens": cache_read, "cache_creation_input_tokens": 300,
            "output_tokens": output,
        }  # fmt: skip
        message = {
            "id": f"msg_{uuid.uuid4().hex[:16]}", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
            "content": [block], "stop_reason": "tool_use" if tool else "end_turn", "usage": usage,
        }  # fmt: skip
        self._line("assistant", requestId=f"req_{uuid.uuid4().hex[:8]}", message=message)
        return tool_id

    def result(self, tool_id: str, *, failed: bool = False, **detail: Any) -> None:
        block = {"type": "tool_result", "tool_use_id": tool_id, "content": "Exit code 1" if failed else "ok"}
        if failed:
            block["is_error"] = True
        more = {"toolUseResult": detail} if detail else {}
        self._line("user", message={"role": "user", "content": [block]}, **more)

    def edit(self, name: str) -> None:
        """Change a line of a file in the session's folder."""
        tool_id = self.answer(tool="Edit")
        assert tool_id is not None
        hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-old", "+new"]}
        self.result(tool_id, filePath=f"{self.directory}/{name}", structuredPatch=[hunk])


class CodexSession:
    """A Codex rollout with running totals."""

    def __init__(self, home: Path, start: datetime | None = None) -> None:
        self.id = str(uuid.uuid4())
        self.at = start or datetime.now(UTC)
        day = home / "sessions" / f"{self.at:%Y/%m/%d}"
        day.mkdir(parents=True, exist_ok=True)
        self.path = day / f"rollout-{self.at:%Y-%m-%dT%H-%M-%S}-{self.id}.jsonl"
        self._total = {"input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0,
                       "reasoning_output_tokens": 0, "total_tokens": 0}  # fmt: skip
        git = {"branch": "main"}
        self._line("session_meta", {"id": self.id, "cwd": "/home/ada/api", "cli_version": "0.140.0",
                                    "originator": "codex_cli_rs", "source": "cli", "git": git})  # fmt: skip
        self._line("turn_context", {"turn_id": "t1", "cwd": "/home/ada/api", "model": "gpt-5.4"})

    def _line(self, kind: str, payload: dict[str, Any]) -> None:
        self.at += timedelta(seconds=1)
        with self.path.open("a") as file:
            file.write(json.dumps({"timestamp": stamp(self.at), "type": kind, "payload": payload}) + "\n")

    def prompt(self, text: str = "Add a test") -> None:
        self._line("event_msg", {"type": "user_message", "message": text})

    def count(self, *, input_tokens: int, cached: int, output: int, reasoning: int = 0) -> None:
        """One response: its own figures added to the running total, written twice as the tool does."""
        last = {"input_tokens": input_tokens, "cached_input_tokens": cached, "output_tokens": output,
                "reasoning_output_tokens": reasoning, "total_tokens": input_tokens + output}  # fmt: skip
        self._total = {name: value + last[name] for name, value in self._total.items()}
        info = {"total_token_usage": self._total, "last_token_usage": last, "model_context_window": 258_400}
        for _ in range(2):
            self._line("event_msg", {"type": "token_count", "info": info, "rate_limits": None})
