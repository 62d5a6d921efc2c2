"""One line of a transcript as a JSON object."""

import json
from typing import Any

import orjson


def parsed(line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The object a line holds, or `None`, and whether bytes that are not UTF-8 were replaced."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        return _leniently(line)
    return (value if isinstance(value, dict) else None), False


def _leniently(line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """What the strict parser refuses although a tool wrote it: half a surrogate pair, a broken byte, NaN."""
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return None, False
    words = line.decode("utf-8", "replace")
    try:
        value = json.loads(words)
    except (ValueError, RecursionError):
        return None, False
    return (value if isinstance(value, dict) else None), "\ufffd" in words
