"""Outputs of Codex's tools: whether they failed, why, and how long they took."""

import re
from typing import Any, NamedTuple

import orjson

from llm_session_manager.sources import values
from llm_session_manager.sources.steps import ErrorCategory

_EXIT = re.compile(r"\bexit(?:ed with)? code:? (-?\d+)", re.IGNORECASE)
_WALL = re.compile(r"Wall time: (\d+(?:\.\d+)?) seconds")
_FAILED = ("error", "failed", "tool call error", "patch rejected", "execution error", "exec command rejected")
_HEAD = 500
_WRAPPERS = ("<environment_context>", "<user_instructions>", "# AGENTS.md")


class Output(NamedTuple):
    """What a tool gave back; `category` is set where it failed."""

    text: str
    category: ErrorCategory | None
    duration_ms: int | None


def is_prompt(words: str) -> bool:
    """Whether a message of role user is the person's own."""
    return bool(words.strip()) and not words.lstrip().startswith(_WRAPPERS)


def output_of(given: Any) -> Output:
    """An output in any of its shapes: plain text, JSON text, content items, an object."""
    text, failed, code, seconds = _opened(given)
    head = text[:_HEAD].split("\nOutput:", 1)[0]
    if code is None and (found := _EXIT.search(head)):
        code = int(found.group(1))
    if seconds is None and (found := _WALL.search(head)):
        seconds = float(found.group(1))
    start = text.lstrip()[:_HEAD].lower()
    failed = failed or bool(code) or (code is None and start.startswith(_FAILED))
    duration = min(int(seconds * 1000), 10**12) if seconds and seconds > 0 else None
    return Output(text, _category(start, code) if failed else None, duration)


def _opened(given: Any) -> tuple[str, bool, int | None, float | None]:
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = orjson.loads(given)
        except ValueError:
            return str(given), False, None, None
    if not isinstance(given, dict):
        return values.words(given), False, None, None
    metadata = values.mapping(given.get("metadata"))
    code, seconds = metadata.get("exit_code"), metadata.get("duration_seconds")
    inner = given.get("output", given.get("content", given))
    return (
        inner if isinstance(inner, str) else values.words(inner),
        given.get("success") is False,
        code if type(code) is int else None,
        float(seconds) if isinstance(seconds, int | float) else None,
    )


def _category(start: str, code: int | None) -> ErrorCategory:
    if "rejected by user" in start or "rejected by the user" in start:
        return "rejected"
    if "timed out" in start or code == 124:
        return "timeout"
    if code:
        return "exit_code"
    if "patch" in start or "expected lines" in start:
        return "edit_mismatch"
    if "no such file" in start or "not found" in start:
        return "not_found"
    return "client" if "unsupported" in start or "parse" in start or "sandbox" in start else "other"


def api_error_category(words: str) -> str:
    """Why a model call failed."""
    lower = words[:2000].lower()
    if "usage limit" in lower or "quota" in lower:
        return "usage_limit"
    if "rate_limit" in lower or "rate limit" in lower or "429" in lower:
        return "rate_limit"
    if "context" in lower and ("window" in lower or "length" in lower):
        return "context"
    if "unauthorized" in lower or "401" in lower or "403" in lower:
        return "authentication"
    if re.search(r"\b5\d\d\b|overloaded|internal server", lower):
        return "server"
    return "connection" if "stream" in lower or "connect" in lower or "network" in lower else "other"
