"""Large and many transcripts, and broken ones among them, for the agent to read.

`tests/load/agent.py` measures the agent on each of them.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

MEGABYTE = 1024 * 1024
Case = Callable[[Path, float], None]


def turn(session: str, number: int, size: int) -> Iterator[str]:
    """One turn of a chat: a prompt, an answer of two lines, a tool's output of `size` bytes."""
    day, hour, minute = 1 + number // 50_000 % 28, number // 2500 % 24, number // 50 % 50
    stamp = f"2026-03-{day:02d}T{hour:02d}:{minute:02d}:{number % 50:02d}"
    common = {"sessionId": session, "cwd": "/home/ada/shop", "gitBranch": "main", "version": "2.1.114"}
    usage = {"input_tokens": 3, "cache_read_input_tokens": 50_000 + number % 1000, "output_tokens": 5}
    for place in range(4):
        entry = {"uuid": f"{session}-{number}-{place}", "timestamp": f"{stamp}.{place}00Z", **common}
        if place in (1, 2):
            block = (
                {"type": "text", "text": "Looking. " * 20}
                if place == 1
                else {
                    "type": "tool_use",
                    "id": f"t-{session}-{number}",
                    "name": "Bash",
                    "input": {"command": f"cat {number}"},
                }
            )
            message = {
                "id": f"m-{session}-{number}",
                "model": "claude-opus-4-7",
                "role": "assistant",
                "content": [block],
                "stop_reason": "tool_use" if place == 2 else None,
                "usage": {**usage, "output_tokens": 5 + place * 50},
            }
            yield json.dumps({"type": "assistant", **entry, "message": message})
        else:
            content: object = (
                "Go on"
                if place == 0
                else [{"type": "tool_result", "tool_use_id": f"t-{session}-{number}", "content": "x" * size}]
            )
            yield json.dumps({"type": "user", **entry, "message": {"role": "user", "content": content}})


def chat(path: Path, session: str, size: float, output: int) -> None:
    """A transcript of about `size` bytes whose tools put out `output` bytes each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = number = 0
    with path.open("w") as file:
        while written < size:
            for line in turn(session, number, output):
                written += file.write(line + "\n")
            number += 1


def step(number: int, size: int) -> Iterator[str]:
    """One step of a Codex turn: a call, its output of `size` bytes, and the running total."""
    stamp = f"2026-03-02T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000Z"
    total = {
        "input_tokens": 9000 * number,
        "cached_input_tokens": 8000 * number,
        "output_tokens": 50 * number,
    }
    last = {"input_tokens": 9000, "cached_input_tokens": 8000, "output_tokens": 50, "total_tokens": 9050}
    info = {"total_token_usage": total, "last_token_usage": last, "model_context_window": 258_400}
    call = {"call_id": f"c{number}", "name": "shell", "arguments": json.dumps({"command": ["cat", number]})}
    output = {"type": "function_call_output", "call_id": f"c{number}", "output": "x" * size}
    for kind, payload in (
        ("response_item", {"type": "function_call", **call}),
        ("response_item", output),
        ("event_msg", {"type": "token_count", "info": info}),
    ):
        yield json.dumps({"timestamp": stamp, "type": kind, "payload": payload})


def rollout(home: Path, scale: float) -> None:
    """A Codex rollout of 200 MB."""
    path = home / "sessions" / "2026" / "rollout-2026-03-02T09-00-00-a.jsonl"
    path.parent.mkdir(parents=True)
    meta = {"timestamp": "2026-03-02T00:00:00Z", "type": "session_meta", "payload": {"id": "a", "cwd": "/w"}}
    written, number = 0, 1
    with path.open("w") as file:
        file.write(json.dumps(meta) + "\n")
        while written < 200 * MEGABYTE * scale:
            for line in step(number, 4000):
                written += file.write(line + "\n")
            number += 1


def many(home: Path, scale: float) -> None:
    for number in range(max(int(1000 * scale), 1)):
        chat(home / "projects" / f"p{number % 20}" / f"{number:08x}.jsonl", f"{number:08x}", 200_000, 3000)


def one(output: int) -> Case:
    """A transcript of 200 MB whose tools put out `output` bytes each."""
    return lambda home, scale: chat(home / "projects/p/a.jsonl", "a", 200 * MEGABYTE * scale, output)


def calls(home: Path, scale: float) -> None:
    """200 MB of lines of 370 bytes, each a model call of its own."""
    path = home / "projects/p/a.jsonl"
    path.parent.mkdir(parents=True)
    written, number = 0, 0
    usage = {"input_tokens": 3, "cache_read_input_tokens": 50_000, "output_tokens": 5}
    text = [{"type": "text", "text": "Done."}]
    with path.open("w") as file:
        while written < 200 * MEGABYTE * scale:
            stamp = f"2026-03-{1 + number // 40_000:02d}T{number // 2500 % 24:02d}:{number // 50 % 50:02d}"
            common = {"uuid": f"u-{number}", "sessionId": "a", "timestamp": f"{stamp}:{number % 50:02d}.000Z"}
            message = {"id": f"m-{number}", "model": "claude-opus-4-7", "content": text}
            message |= {"stop_reason": "end_turn", "usage": usage}
            line = {"type": "assistant", **common, "cwd": "/home/ada/shop", "message": message}
            written += file.write(json.dumps(line) + "\n")
            number += 1


def mixture(home: Path, scale: float) -> None:
    """A long chat, a rollout, many ordinary sessions, and beside them every kind of broken file."""
    one(3000)(home, scale / 2)
    rollout(home, scale / 4)
    many(home, scale / 4)
    folder = home / "projects" / "broken"
    chat(folder / "whole.jsonl", "whole", 30_000, 300)
    lines = (folder / "whole.jsonl").read_bytes().splitlines(keepends=True)
    half = len(lines) // 2
    broken = {
        "empty": b"",
        "corrupt": b"".join([*lines[:half], b'{"type":"user",\x00\xff]]]\n', *lines[half:]]),
        "truncated": b"".join(lines)[:-40],
        "not-utf-8": b"".join(lines).replace(b"Looking", b"L\xf6\xf6king"),
        "no-lines": bytes(range(1, 9)) * int(30 * MEGABYTE * max(scale, 0.3) / 8),
    }
    for name, content in broken.items():
        path = folder / f"{name}.jsonl"
        path.write_bytes(content.replace(b'"whole', f'"{name}'.encode()))
        # A last line that was cut off a moment ago may only be half written.
        os.utime(path, (1_772_000_000, 1_772_000_000))
    (folder / "folder.jsonl").mkdir()
    (folder / "nowhere.jsonl").symlink_to(folder / "nothing")


CASES: dict[str, Case] = {
    "one of 200 MB": one(5000),
    "one of 200 MB, short lines": one(300),
    "one of 200 MB, a call a line": calls,
    "lines of 5 MB": one(5 * MEGABYTE),
    "lines of 20 MB": one(20 * MEGABYTE),
    "1,000 ordinary ones": many,
    "a rollout of 200 MB": rollout,
    "a mixture with broken files": mixture,
}
