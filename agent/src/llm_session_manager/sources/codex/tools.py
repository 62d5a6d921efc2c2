"""Tool calls of Codex and what became of them."""

from collections.abc import Iterator
from typing import Any

import orjson

from llm_session_manager import protocol
from llm_session_manager.sources import outputs, values
from llm_session_manager.sources.codex import patches, tail, wording
from llm_session_manager.sources.codex.record import Json, Record
from llm_session_manager.sources.steps import ErrorCategory, Result, Tool
from llm_session_manager.sources.values import fingerprint, mapping

_COMMITS, _PULLS = 1, 2
_CALLS = {
    "function_call": None,
    "custom_tool_call": None,
    "local_shell_call": "local_shell",
    "web_search_call": "web_search",
}
_OUTPUTS = frozenset({"function_call_output", "custom_tool_call_output"})
_SHELLS = frozenset({"shell", "shell_command", "exec_command", "local_shell", "container.exec", "exec"})


def called(record: Record, n: int, at: int, item: Json) -> int | None:
    """Take a tool call in; its key, `None` if `item` is none."""
    kind = str(item.get("type"))
    if kind not in _CALLS:
        return None
    identity = values.text(item.get("call_id")) or values.text(item.get("id")) or f"line-{n}"
    key = fingerprint(identity)
    if key in record.tools:
        return key
    name = values.name(_CALLS[kind] or item.get("name")) or "unknown"
    given = item.get("arguments", item.get("input", item.get("action")))
    record.tools[key] = Tool(name, at, values.content_print(given), 0, 0, n, None)
    command = "\n".join(_words(given))
    if name in _SHELLS or name == "apply_patch":
        edits = patches.written(command, at)
        if edits:
            record.patched[key] = edits
    if name in _SHELLS:
        flags = outputs.may_commit(command) * _COMMITS + outputs.may_open_pull_request(command) * _PULLS
        if flags:
            record.commands[key] = flags
    if kind != "web_search_call":
        record.open[key] = name
    tail.moved(record, at)
    return key


def returned(record: Record, n: int, at: int, item: Json) -> int | None:
    """Take a tool's output in; the call's key, `None` if `item` is none."""
    identity = values.text(item.get("call_id"))
    if str(item.get("type")) not in _OUTPUTS or not identity:
        return None
    key = fingerprint(identity)
    output = wording.output_of(item.get("output"))
    _ended(record, key, n, at, output.category, output.duration_ms)
    flags = record.commands.get(key, 0)
    if flags & _COMMITS:
        record.commits.update({(key, commit.sha): commit for commit in outputs.commits(output.text, at)})
    if flags & _PULLS:
        record.pulls.update({(key, pull.url): pull for pull in outputs.pull_requests(output.text, at)})
    return key


def ended(record: Record, n: int, at: int, event: Json, category: ErrorCategory | None) -> int | None:
    """Take an event that reports a call's end in; the call's key."""
    identity = values.text(event.get("call_id"))
    if not identity:
        return None
    key = fingerprint(identity)
    _ended(record, key, n, at, category, _duration(event.get("duration")))
    return key


def _ended(
    record: Record, key: int, n: int, at: int, category: ErrorCategory | None, duration: int | None
) -> None:
    """What one line says of a call's end; a failure that any line states holds."""
    record.open.pop(key, None)
    tail.moved(record, at)
    before, tool = record.results.get(key), record.tools.get(key)
    if duration is None and tool is not None:
        duration = max(at - tool.at, 0) // 1000
    if before is not None:
        category = before.category or category
        at, n = before.at, before.line
        duration = before.duration_ms if before.duration_ms is not None else duration
    outcome: protocol.Outcome = (
        "ok" if category is None else "refused" if category == "rejected" else "failed"
    )
    record.results[key] = Result(at, n, outcome, category, duration)


def _duration(given: Any) -> int | None:
    parts = mapping(given)
    if not parts:
        return None
    return min(values.count(parts.get("secs")) * 1000 + values.count(parts.get("nanos")) // 1_000_000, 10**12)


def _words(given: Any, deepest: int = 20) -> Iterator[str]:
    """Every text in a call's arguments, which may be JSON text."""
    if isinstance(given, str) and given[:1] in ("{", "["):
        try:
            given = orjson.loads(given)
        except ValueError:
            yield given
            return
    if isinstance(given, str):
        yield given
    elif isinstance(given, dict | list):
        for part in given.values() if isinstance(given, dict) else given:
            if isinstance(part, str):
                yield part
            elif deepest and isinstance(part, dict | list):
                yield from _words(part, deepest - 1)
