"""How much memory and time the reading of large and many transcripts takes.

Run by hand: `python tests/load/transcripts.py [--scale 1.0] [--keep DIR]`. Each case runs in a process of its
own; exits with 1 if one takes more than 150 MB. `--scale 0.001` is what the test suite runs.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

LIMIT_MB = 150
MEGABYTE = 1024 * 1024


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


def one(output: int) -> Callable[[Path, float], None]:
    """A transcript of 200 MB whose tools put out `output` bytes each."""
    return lambda home, scale: chat(home / "projects/p/a.jsonl", "a", 200 * MEGABYTE * scale, output)


CASES: dict[str, Callable[[Path, float], None]] = {
    "one of 200 MB": one(5000),
    "one of 200 MB, short lines": one(300),
    "lines of 5 MB": one(5 * MEGABYTE),
    "lines of 20 MB": one(20 * MEGABYTE),
    "1,000 ordinary ones": many,
    "a rollout of 200 MB": rollout,
}


def measure(home: Path) -> dict[str, float]:
    """Read everything below `home` in this process, as the agent does."""
    import aio_pika  # noqa: F401 - what the agent has in memory, too
    import httpx  # noqa: F401
    import psutil  # noqa: F401

    from llm_session_manager.sources.claude_code import ClaudeCode
    from llm_session_manager.sources.codex import Codex

    size = sum(file.stat().st_size for file in home.rglob("*.jsonl"))
    source = Codex([home]) if (home / "sessions").exists() else ClaudeCode([home])
    start = time.process_time()
    changes = source.refresh()
    read = time.process_time() - start
    events = sum(len(snapshot.events) for snapshot in changes)
    built = time.process_time() - start - read
    start = time.process_time()
    again = len(source.refresh())
    idle = time.process_time() - start
    peak = int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024
    return {
        "MB": size / MEGABYTE,
        "sessions": len(changes),
        "events": events,
        "read_s": read,
        "build_s": built,
        "idle_s": idle,
        "again": again,
        "peak_MB": peak,
    }


def run(case: str, home: Path, scale: float) -> dict[str, float]:
    """Make a case's files and read them in a process of its own."""
    CASES[case](home, scale)
    answer = subprocess.run(
        [sys.executable, __file__, "--measure", str(home)], check=True, capture_output=True, text=True
    )
    result: dict[str, float] = json.loads(answer.stdout)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        sys.stdout.write(json.dumps(measure(given.measure)))
        return 0
    worst = 0.0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            result = run(case, Path(folder), given.scale)
        worst = max(worst, result["peak_MB"])
        figures = "  ".join(f"{name} {value:.2f}" for name, value in result.items())
        sys.stdout.write(f"{case:30} {figures}\n")
    return int(worst > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
