"""What the end of a rollout says: who has to act."""

from llm_session_manager.sources import Tail, TailState
from llm_session_manager.sources.codex.record import Record
from llm_session_manager.sources.values import moment


def tail(record: Record) -> Tail:
    """The state of a rollout's end. Requests for approval are not written: they look like running tools."""
    at = None if record.tail_at is None else moment(record.tail_at)
    if record.tail == "working" and record.open:
        return Tail("tool", at, list(record.open.values())[-1])
    return Tail(record.tail, at)


def turn(record: Record, state_now: TailState, at: int) -> None:
    """A turn began or ended; from here on only turns decide."""
    record.turn_events = True
    record.open.clear()
    state(record, state_now, at)


def state(record: Record, state_now: TailState, at: int) -> None:
    record.tail = state_now
    record.tail_at = at or None


def moved(record: Record, at: int) -> None:
    """Something happened within a turn; an error that is followed by work was no end."""
    if record.tail in {"working", "api_error"}:
        state(record, "working", at)
