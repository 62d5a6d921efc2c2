"""Values as they come out of a foreign JSON line: each of them may be missing or of another type."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from llm_session_manager.protocol import MAX_INTEGER

MAX_CALL_TOKENS = 10**8

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def text(value: Any) -> str | None:
    """`value` if it is a text with something in it."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int:
    """`value` if it is a whole number from zero to what can be reported, else 0."""
    return value if type(value) is int and 0 <= value <= MAX_INTEGER else 0


def figure(value: Any) -> int:
    """`value` if it is a number of zero or more, however large; else 0."""
    if type(value) is int:
        return max(value, 0)
    if isinstance(value, float):
        return int(min(max(value, 0.0), 1e30)) if value == value else 0  # noqa: PLR0124 - not a number
    return 0


def size(value: Any) -> int:
    """`value` if it is a number of tokens that a model can take, else 0."""
    return value if type(value) is int and 0 <= value <= MAX_CALL_TOKENS else 0


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def blocks(content: Any) -> list[dict[str, Any]]:
    """The content of a message as blocks; a plain text is one block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in sequence(content) if isinstance(block, dict)]


def words(content: Any) -> str:
    """All text of a content, its blocks joined by line ends."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        content = [content]
    parts = (block.get("text") for block in sequence(content) if isinstance(block, dict))
    return "\n".join(part for part in parts if isinstance(part, str))


def micros(value: Any) -> int | None:
    """Microseconds since 1970 of an ISO 8601 text; a time without a zone is UTC. `None` if it is no time."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        elapsed = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        return None
    return elapsed if _FIRST <= elapsed <= _LAST else None


def moment(at: int) -> datetime:
    """The UTC time of microseconds since 1970."""
    return _EPOCH + at * _MICROSECOND


def fingerprint(value: str) -> int:
    """A number of 60 bits that stands for `value`; the same in every run."""
    digest = blake2b(value.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 4


def json_text(value: Any) -> str:
    """`value` as JSON; nothing of it if it is nested too deeply."""
    try:
        return json.dumps(value)
    except (RecursionError, ValueError):
        return ""


def content_print(value: Any) -> int:
    """A number of 60 bits that stands for a JSON value."""
    try:
        words = orjson.dumps(value)
    except TypeError:
        return fingerprint(json_text(value))
    return int.from_bytes(blake2b(words, digest_size=8).digest(), "big") >> 4


def one_line(value: Any, limit: int) -> str | None:
    """`value` on one line without control characters, cut to `limit`; `None` if nothing is left."""
    return _one_line(value[: limit * 4], limit) if isinstance(value, str) else None


@lru_cache(maxsize=2048)
def _one_line(value: str, limit: int) -> str | None:
    """The same few folders, branches and models stand on every line of a transcript."""
    return _UNPRINTABLE.sub(" ", value).strip()[:limit].strip() or None


def name(value: Any) -> str | None:
    return one_line(value, 200)


def key(value: Any) -> str | None:
    return one_line(value, 128)


def path(value: Any) -> str | None:
    """A path that can be reported; one too long to be reported whole is none."""
    return one_line(value, 1024) if isinstance(value, str) and len(value) <= 1024 else None
