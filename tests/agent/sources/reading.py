"""Reads folders of transcripts and gives what the tests compare."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import Snapshot
from llm_session_manager.sources.claude_code import ClaudeCode
from llm_session_manager.sources.codex import Codex

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def claude(home: Path, **given: Any) -> ClaudeCode:
    return ClaudeCode([home], clock=lambda: NOW, **given)


def codex(home: Path, **given: Any) -> Codex:
    return Codex([home], clock=lambda: NOW, **given)


def by_id(snapshots: Iterable[Snapshot]) -> dict[str, Snapshot]:
    return {snapshot.facts.native_id: snapshot for snapshot in snapshots}


def read(source: ClaudeCode | Codex) -> dict[str, protocol.Session]:
    """The facts of every session that changed."""
    return {name: snapshot.facts for name, snapshot in by_id(source.refresh()).items()}


def only(source: ClaudeCode | Codex) -> Snapshot:
    """The only session that changed."""
    [snapshot] = source.refresh()
    return snapshot


def tokens(session: protocol.Session) -> Mapping[str | None, tuple[int, ...]]:
    """Input, output, cache reads, cache writes and calls by model."""
    sums: dict[str | None, list[int]] = defaultdict(lambda: [0] * 5)
    for row in session.usage:
        written = row.cache_write_5m + row.cache_write_1h
        figures = (row.input, row.output, row.cache_read, written, row.calls)
        sums[row.model] = [sum(pair) for pair in zip(sums[row.model], figures, strict=True)]
    return {model: tuple(figures) for model, figures in sums.items()}


def output(session: protocol.Session) -> int:
    return sum(row.output for row in session.usage)


def kinds(snapshot: Snapshot) -> list[str]:
    return [event.kind for event in snapshot.events]
