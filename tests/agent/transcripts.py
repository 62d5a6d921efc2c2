"""Our own small transcripts: one JSON object a line, `{"event": id}`."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import Cursor, Problem, Snapshot, Tail

AT = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


def facts(native_id: str = "s1", **given: Any) -> protocol.Session:
    """A session with the fewest facts."""
    usual: dict[str, Any] = {
        "tool": "claude-code", "native_id": native_id, "status": "idle", "started_at": AT,
        "last_activity_at": AT,
        "provenance": "exact", "user_messages": 1, "assistant_messages": 0, "tool_calls": 0, "errors": 0,
        "refusals": 0, "api_errors": 0, "compactions": 0,
    }  # fmt: skip
    return protocol.Session(**{**usual, **given})


def event(name: str, **given: Any) -> protocol.Event:
    return protocol.Event(**{"id": name, "at": AT, "kind": "tool", **given})


def append(path: Path, *names: str) -> None:
    """Write a line for each event."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps({"event": name}) + "\n" for name in names)


class LineSource:
    """Reads every `<session>.jsonl` below a folder: a session has one event and one tool call a line."""

    tool: protocol.Tool = "claude-code"

    def __init__(self, folder: Path, cursors: Mapping[Path, Cursor] | None = None) -> None:
        self._folder = folder
        self._known = dict(cursors or {})
        self._names: dict[Path, list[str]] = {}
        self._offsets: dict[Path, int] = {}

    def folders(self) -> Sequence[Path]:
        return [self._folder] if self._folder.is_dir() else []

    def refresh(self, changed: Collection[Path] | None = None) -> Sequence[Snapshot]:
        paths = sorted(self._folder.rglob("*.jsonl"))
        wanted = [path for path in paths if changed is None or {path, *path.parents} & set(changed)]
        return [snapshot for path in wanted if (snapshot := self._read(path)) is not None]

    def cursors(self) -> Mapping[Path, Cursor]:
        return {path: Cursor(1, "head", offset) for path, offset in self._offsets.items()}

    def problems(self) -> Sequence[Problem]:
        return []

    def _read(self, path: Path) -> Snapshot | None:
        whole = path.read_bytes().rpartition(b"\n")[0]
        start = self._offsets.get(path)
        if start == len(whole):
            return None
        lines = [line for line in whole.split(b"\n") if line]
        old = len(self._names.get(path, ()))
        if start is None:
            known = self._known.get(path)
            old = len([line for line in whole[: known.offset].split(b"\n") if line]) if known else 0
        names = [json.loads(line)["event"] for line in lines]
        self._names[path], self._offsets[path] = names, len(whole)
        return Snapshot(
            facts=facts(path.stem, tool_calls=len(names)),
            tail=Tail("finished", AT),
            events=tuple(event(name) for name in names[old:]),
            files=(path,),
            start_directory="/src/shop",
        )
