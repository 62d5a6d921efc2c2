"""Instruction files that a tool reads: their size, never their content."""

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from llm_session_manager import protocol
from llm_session_manager.sources import values

Scope = Literal["user", "project", "local"]

MOST_MEMORIES = 100
_PIECE = 64 * 1024
_COUNTED = 4 * 1024 * 1024


class Memories:
    """Measures instruction files; one whose size and time stayed is not read again. Blocking."""

    def __init__(self) -> None:
        self._lines: dict[Path, tuple[int, int, int]] = {}

    def of(self, files: Iterable[tuple[str, Scope, Path]]) -> tuple[protocol.Memory, ...]:
        """Those of `files` (name, scope, path) that exist, in the given order."""
        found = (self._memory(name, scope, path) for name, scope, path in files)
        return tuple(memory for memory in found if memory)[:MOST_MEMORIES]

    def _memory(self, name: str, scope: Scope, path: Path) -> protocol.Memory | None:
        label = values.name(name)
        try:
            now = path.stat()
            if not label or not stat.S_ISREG(now.st_mode):
                return None
            size, changed, lines = self._lines.get(path, (-1, -1, 0))
            if (size, changed) != (now.st_size, now.st_mtime_ns):
                lines = _lines(path)
                self._lines[path] = (now.st_size, now.st_mtime_ns, lines)
        except (OSError, ValueError):
            return None
        at = values.moment(now.st_mtime_ns // 1000)
        return protocol.Memory(name=label, scope=scope, bytes=now.st_size, lines=lines, modified_at=at)


def _lines(path: Path) -> int:
    lines, last, left = 0, b"\n", _COUNTED
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(_PIECE)):
            lines += piece.count(b"\n")
            last, left = piece[-1:], left - len(piece)
    return lines + (last != b"\n")
