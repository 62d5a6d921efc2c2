"""Texts that the client writes itself, and what they mean."""

import re

from llm_session_manager.sources.steps import ErrorCategory

_WRAPPERS = (
    "<command-",
    "<local-command-",
    "<bash-",
    "<task-notification",
    "<system-reminder",
    "Caveat: ",
    "[Request interrupted",
)
_EDITOR = re.compile(r"^\s*<(ide_opened_file|ide_selection)>.*?</\1>", re.DOTALL)
_STATUS = re.compile(r"\b([45]\d\d)\b")
_READ, _SIGN = 2000, 300


def prompt(block: str) -> str | None:
    """The person's own words in a text; `None` if the client wrote it all."""
    while found := _EDITOR.match(block):
        block = block[found.end() :]
    block = block.strip()
    return block if block and not block.startswith(_WRAPPERS) else None


def interrupted(block: str) -> bool:
    return block.lstrip().startswith("[Request interrupted")


def error_category(output: str, tool: str | None) -> ErrorCategory:
    """Why a tool's result is marked as an error."""
    start = output.lstrip()[:_SIGN]
    if start.startswith("Exit code"):
        return "exit_code"
    for category, signs in _SIGNS:
        if any(sign in start for sign in signs):
            return category
    if tool == "Bash":
        return "exit_code"
    return "client" if start.startswith("<tool_use_error>") else "other"


_SIGNS: tuple[tuple[ErrorCategory, tuple[str, ...]], ...] = (
    ("rejected", ("The user doesn't want to", "tool use was rejected", "User rejected")),
    ("permission", ("requested permissions to", "haven't granted it yet", "Permission to use")),
    ("interrupted", ("[Request interrupted", "Interrupted by user")),
    (
        "edit_mismatch",
        (
            "String to replace not found",
            "to replace, but replace_all is false",
            "has been modified since read",
            "File has not been read yet",
            "has been unexpectedly modified",
        ),
    ),
    ("timeout", ("timed out", "Timed out", "timeout of")),
    (
        "not_found",
        ("File does not exist", "Directory does not exist", "Path does not exist", "No such tool", "ENOENT"),
    ),
    ("client", ("InputValidationError", "hook error", "blocked by hook")),
)


def api_error_category(words: str) -> str:
    """Why a model call failed, from the client's notice."""
    lower = words[:_READ].lower()
    if "prompt is too long" in lower:
        return "context"
    if "limit" in lower and "rate_limit" not in lower and "rate limit" not in lower:
        return "usage_limit"
    status = _STATUS.search(lower)
    if "rate limit" in lower or "rate_limit" in lower or (status and status.group(1) == "429"):
        return "rate_limit"
    if "overloaded" in lower or (status and status.group(1).startswith("5")):
        return "server"
    if "api key" in lower or "login" in lower or (status and status.group(1) in {"401", "403"}):
        return "authentication"
    return "connection" if "connect" in lower or "fetch failed" in lower else "other"
