"""Edits that Codex makes with patches."""

from collections.abc import Iterator
from typing import Any, Literal

from llm_session_manager.sources import values
from llm_session_manager.sources.steps import Edit

_Change = Literal["added", "updated", "deleted", "moved"]
_HEADERS: tuple[tuple[str, _Change], ...] = (
    ("*** Add File: ", "added"),
    ("*** Update File: ", "updated"),
    ("*** Delete File: ", "deleted"),
)
_KINDS: dict[str, _Change] = {"add": "added", "update": "updated", "delete": "deleted"}


def applied(changes: Any, at: int) -> list[Edit]:
    """The edits that `patch_apply_end` reports."""
    edits = []
    for file, change in values.mapping(changes).items():
        path, detail = values.path(file), values.mapping(change)
        kind = _KINDS.get(str(detail.get("type")))
        if not path or not kind:
            continue
        moved = values.path(detail.get("move_path"))
        added, removed = _lines(kind, detail)
        edits.append(Edit(moved or path, "moved" if moved else kind, added, removed, at))
    return edits


def written(patch: str, at: int) -> list[Edit]:
    """The edits that the text of a patch asks for."""
    return list(_edits(patch, at)) if "*** Begin Patch" in patch else []


def _edits(patch: str, at: int) -> Iterator[Edit]:
    path: str | None = None
    change: _Change = "updated"
    added = removed = 0
    for line in [*patch[patch.index("*** Begin Patch") :].splitlines(), "*** End Patch"]:
        header = next((one for one in _HEADERS if line.startswith(one[0])), None)
        if header or line.startswith("*** End Patch"):
            if path:
                yield Edit(path, change, added, removed, at)
            path, added, removed = None, 0, 0
            if header is None:
                return
            path, change = values.path(line[len(header[0]) :].strip()), header[1]
        elif line.startswith("*** Move to: "):
            path, change = values.path(line[13:].strip()) or path, "moved"
        else:
            added += line.startswith("+")
            removed += line.startswith("-")


def _lines(kind: _Change, detail: dict[str, Any]) -> tuple[int | None, int | None]:
    diff = values.text(detail.get("unified_diff"))
    if diff:
        lines = [line for line in diff.splitlines() if not line.startswith(("+++ ", "--- "))]
        return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)
    content = detail.get("content")
    if not isinstance(content, str):
        return None, None
    whole = content.count("\n") + (bool(content) and not content.endswith("\n"))
    return (whole, 0) if kind == "added" else (0, whole)
