"""What the end of the main chain says: who has to act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llm_session_manager.sources import Tail, TailState
from llm_session_manager.sources.values import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llm_session_manager.sources.claude_code.lines import Line
    from llm_session_manager.sources.claude_code.record import Record

_QUESTIONS = frozenset({"AskUserQuestion", "ExitPlanMode"})


def tail(record: Record) -> Tail:
    """The state of a transcript's end; an unanswered question holds before a running tool."""
    at = None if record.tail_at is None else moment(record.tail_at)
    if not record.open or record.tail in {"finished", "interrupted", "api_error"}:
        return Tail(record.tail, at)
    asked = next((name for name in record.open.values() if name in _QUESTIONS), None)
    if asked:
        return Tail("question", at, asked)
    return Tail("tool", at, list(record.open.values())[-1])


def answered(record: Record, line: Line, stop_reason: Any, tools: Mapping[int, str]) -> None:
    """The model wrote a block; only a stop reason says that nothing follows."""
    if line.sidechain:
        return
    record.open.update((key, name) for key, name in tools.items() if key not in record.results)
    ended = stop_reason not in (None, "tool_use", "pause_turn") and not tools
    if ended:
        record.open.clear()
    _set(record, line, "finished" if ended else "working")


def failed(record: Record, line: Line) -> None:
    _ended(record, line, "api_error")


def finished(record: Record, line: Line) -> None:
    _ended(record, line, "api_error" if record.tail == "api_error" else "finished")


def interrupted(record: Record, line: Line) -> None:
    _ended(record, line, "interrupted")


def compacted(record: Record, line: Line, *, by_hand: bool) -> None:
    _ended(record, line, "finished" if by_hand else "working")


def prompted(record: Record, line: Line) -> None:
    """The person wrote: whatever was open is over."""
    _ended(record, line, "working")


def returned(record: Record, line: Line, tool: int) -> None:
    """A tool came back; the model goes on."""
    if not line.sidechain:
        record.open.pop(tool, None)
        _set(record, line, "working")


def _ended(record: Record, line: Line, state: TailState) -> None:
    if not line.sidechain:
        record.open.clear()
        _set(record, line, state)


def _set(record: Record, line: Line, state: TailState) -> None:
    record.tail = state
    record.tail_at = record.tail_at if line.at is None else line.at
