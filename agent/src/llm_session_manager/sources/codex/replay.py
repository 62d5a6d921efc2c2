"""Where a forked thread's own lines begin: what comes before is its parent's history."""

from collections.abc import Iterator
from typing import NamedTuple

from llm_session_manager.sources.codex.counts import Vector
from llm_session_manager.sources.codex.record import Record


class Start(NamedTuple):
    """The first own line, and the running total that was the parent's."""

    n: int
    baseline: Vector | None


_WHOLE = Start(0, None)


def own_start(child: Record, parent: Record | None) -> Start:
    """The first mark that the parent does not have ends the replay.

    Without the parent's file, or where nothing of it is repeated, all lines are the child's own.
    """
    if child.meta is None or parent is None or parent is child:
        return _WHOLE
    known = {prompt.text for prompt in parent.own_prompts()}
    counts = [count.vectors for count in parent.counts]
    matched, sure, baseline = 0, False, None
    for n, kind, value in sorted(_marks(child), key=lambda mark: mark[:2]):
        if kind == "count":
            same = matched < len(counts) and counts[matched] == value
            if same:
                matched, sure, baseline = matched + 1, True, child.counts[matched].total
        elif kind == "prompt":
            same = value in known
        else:
            same = value in (parent.turns if kind == "turn" else parent.tools)
            sure = sure or same
        if not same:
            return Start(n, baseline) if sure or _repeats(child, parent) else _WHOLE
    return Start(len(child.times), baseline) if sure or _repeats(child, parent) else _WHOLE


def _repeats(child: Record, parent: Record) -> bool:
    """Whether the parent's first line is among the child's."""
    return parent.meta is not None and parent.meta.native_id in child.metas


def _marks(record: Record) -> Iterator[tuple[int, str, object]]:
    yield from ((n, "turn", turn) for turn, n in record.turns.items())
    yield from ((count.n, "count", count.vectors) for count in record.counts)
    yield from ((prompt.n, "prompt", prompt.text) for prompt in record.own_prompts())
    yield from ((tool.order, "tool", key) for key, tool in record.tools.items())
