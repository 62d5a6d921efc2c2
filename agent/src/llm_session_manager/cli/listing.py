"""`sessions`: a table of what is found on this machine."""

import argparse
import os
import shutil
import sys
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from llm_session_manager import composition, protocol
from llm_session_manager.cli.arguments import tier
from llm_session_manager.cli.terminal import complain, plain, say
from llm_session_manager.config import Limits, named_homes

BAR = 10
ORDER: dict[protocol.Status, int] = {"waiting": 0, "error": 1, "active": 2, "idle": 3, "ended": 4}
HEADINGS = ("STATUS", "TOOL", "PROJECT", "TITLE", "TOKENS", "CONTEXT", "AGE")


def run_sessions(chosen: argparse.Namespace) -> int:
    """Print every session found, those that need somebody first; gives the exit code."""
    spool = composition.memory_spool()
    collector = composition.collector(named_homes(chosen.source, os.environ), tier(chosen), spool, Limits())
    collector.refresh()
    found = sorted(collector.sessions(), key=_place)
    if chosen.json:
        sys.stdout.buffer.write(
            orjson.dumps([_as_json(one) for one in found], option=orjson.OPT_INDENT_2) + b"\n"
        )
    else:
        width = shutil.get_terminal_size((120, 40)).columns
        for line in table(found, datetime.now(UTC), width):
            say(line)
    for problem in collector.problems():
        complain(f"{problem.path}: {problem.reason}")
    spool.close()
    return 0


def table(sessions: Sequence[protocol.Session], now: datetime, width: int) -> list[str]:
    """One line a session under a line of headings; titles are cut so that lines fit the width."""
    if not sessions:
        return ["No sessions found."]
    rows = [HEADINGS, *(_row(one, now) for one in sessions)]
    sizes = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    sizes[2] = min(sizes[2], 24)
    rest = sum(sizes) - sizes[3] + 2 * (len(sizes) - 1)
    sizes[3] = max(8, min(sizes[3], width - rest))
    return [
        "  ".join(_cell(text, size) for text, size in zip(row, sizes, strict=True)).rstrip() for row in rows
    ]


def total_tokens(session: protocol.Session) -> int | None:
    """All tokens of a session; `None` when its tool records none."""
    if not session.usage:
        return session.total_tokens
    return sum(
        used.input + used.output + used.cache_read + used.cache_write_5m + used.cache_write_1h
        for used in session.usage
    )


def _place(session: protocol.Session) -> tuple[int, float]:
    at = session.last_activity_at
    return ORDER[session.status], -(at.timestamp() if at else 0.0)


def _row(session: protocol.Session, now: datetime) -> tuple[str, ...]:
    title = session.title or session.branch or session.native_id
    return (
        session.status,
        session.tool,
        plain(session.project or "—"),
        plain(title),
        _compact(total_tokens(session)),
        _bar(session.context_used, session.context_window),
        _age(session.last_activity_at, now),
    )


def _compact(count: int | None) -> str:
    if count is None:
        return "—"
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return str(count)


def _bar(used: int | None, window: int | None) -> str:
    if used is None or not window:
        return "—"
    share = min(used / window, 1.0)
    full = round(share * BAR)
    return f"{'█' * full}{'░' * (BAR - full)} {share:4.0%}"


def _age(at: datetime | None, now: datetime) -> str:
    if at is None:
        return "—"
    seconds = max(0, int((now - at).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def _cell(text: str, size: int) -> str:
    if _width(text) > size:
        while text and _width(text) > size - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (size - _width(text))


def _as_json(session: protocol.Session) -> object:
    told = session.model_dump(mode="json")
    return {"tokens": total_tokens(session), **told}
