"""Edits of files, from the results of the tools that make them."""

from typing import Any, Literal

from llm_session_manager.sources import values
from llm_session_manager.sources.steps import Edit

_NOTEBOOK = ("notebook_path", "notebookPath")


def edit_of(result: dict[str, Any], at: int) -> Edit | None:
    """The edit that a result reports; `None` if it is no edit's. Lines are unknown for notebooks."""
    path = values.path(result.get("filePath"))
    patch = result.get("structuredPatch")
    if path and isinstance(patch, list):
        created = result.get("type") == "create"
        added, removed = _lines(patch)
        if created and not patch:
            added = _line_count(result.get("content"))
        change: Literal["added", "updated"] = "added" if created else "updated"
        return Edit(path, change, added, removed, at)
    notebook = next((found for field in _NOTEBOOK if (found := values.path(result.get(field)))), None)
    return Edit(notebook, "updated", None, None, at) if notebook and "new_source" in result else None


def _lines(patch: list[Any]) -> tuple[int, int]:
    added = removed = 0
    for hunk in patch:
        for line in values.sequence(values.mapping(hunk).get("lines")):
            if isinstance(line, str):
                added += line.startswith("+")
                removed += line.startswith("-")
    return added, removed


def _line_count(content: Any) -> int:
    if not isinstance(content, str) or not content:
        return 0
    return content.count("\n") + (not content.endswith("\n"))
