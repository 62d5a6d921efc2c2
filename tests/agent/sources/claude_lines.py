"""Builds small Claude Code transcripts."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SESSION = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"


def at(seconds: float) -> str:
    """A time of the test's day as the tool writes it."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Chat:
    """Writes the lines of one session; every line is a second after the one before."""

    def __init__(self, session: str = SESSION, start: float = 0, *, prefix: str = "", **fields: Any) -> None:
        self.session = session
        self.lines: list[dict[str, Any]] = []
        self.clock = start
        self.prefix = prefix or session[:4]
        self.fields = {"cwd": "/home/ada/shop", "gitBranch": "main", "version": "2.1.114", **fields}

    def line(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Any line; `None` leaves a field out."""
        self.clock += 1
        number = len(self.lines)
        entry = {
            "type": kind,
            "uuid": f"{self.prefix}-{number}",
            "parentUuid": f"{self.prefix}-{number - 1}" if number else None,
            "sessionId": self.session,
            "timestamp": at(self.clock),
            "isSidechain": False,
            **self.fields,
            **fields,
        }
        entry = {name: value for name, value in entry.items() if value is not None or name == "parentUuid"}
        self.lines.append(entry)
        return entry

    def prompt(self, words: Any = "Fix the tax bug", **fields: Any) -> dict[str, Any]:
        return self.line("user", message={"role": "user", "content": words}, **fields)

    def answer(
        self,
        message: str | None,
        *blocks: dict[str, Any],
        output: int = 10,
        stop: str | None = None,
        model: str = "claude-opus-4-7",
        usage: dict[str, Any] | None = None,
        **fields: Any,
    ) -> dict[str, Any]:
        """One block of an answer (text if none is given)."""
        figures = {
            "input_tokens": 3,
            "cache_read_input_tokens": 1000,
            "cache_creation_input_tokens": 100,
            "output_tokens": output,
            **(usage or {}),
        }
        said = {
            "id": message,
            "role": "assistant",
            "model": model,
            "content": list(blocks) or [{"type": "text", "text": "Looking."}],
            "stop_reason": stop,
            "usage": figures,
        }
        return self.line("assistant", message=said, **fields)

    def use(
        self, message: str, tool: str, name: str = "Bash", given: Any = None, **fields: Any
    ) -> dict[str, Any]:
        """An answer that calls a tool."""
        block = {"type": "tool_use", "id": tool, "name": name, "input": given or {"command": "ls"}}
        return self.answer(message, block, stop=fields.pop("stop", "tool_use"), **fields)

    def result(
        self, tool: str, output: Any = "ok", *, error: bool = False, detail: Any = None, **fields: Any
    ) -> dict[str, Any]:
        block = {"type": "tool_result", "tool_use_id": tool, "content": output}
        if error:
            block["is_error"] = True
        return self.line("user", message={"role": "user", "content": [block]}, toolUseResult=detail, **fields)

    def write(self, home: Path, name: str | None = None) -> Path:
        """Write all lines into the session's own file, or the named one below `projects/p`."""
        return write(home, name or f"{self.session}.jsonl", self.lines)


def text(lines: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)


def write(home: Path, name: str, lines: Iterable[dict[str, Any]]) -> Path:
    """Write a file below `projects/p`."""
    path = home / "projects" / "p" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text(lines))
    return path
