"""Makes the largest sessions fit into one report without changing a total."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from llm_session_manager import protocol

_DAY = 86_400


def fitted(facts: protocol.Session, max_bytes: int) -> protocol.Session:
    """The facts in at most `max_bytes` of JSON.

    The longest lists of details go first (files, sub-agents, memories, commits keep their newest entries;
    counts stay), then usage is told by the hour and the day instead of by the quarter: its sums never change.
    """
    for cut in _CUTS:
        if _size(facts) <= max_bytes:
            break
        facts = cut(facts)
    return facts


def _size(facts: protocol.Session) -> int:
    return len(facts.model_dump_json(exclude_defaults=True).encode())


def _keep(name: str, count: int, newest: Callable[[protocol.Fact], float]) -> Callable[..., protocol.Session]:
    def cut(facts: protocol.Session) -> protocol.Session:
        items: Sequence[protocol.Fact] = getattr(facts, name)
        kept = tuple(sorted(items, key=newest, reverse=True)[:count])
        return facts.model_copy(update={name: kept}) if len(items) > count else facts

    return cut


def _coarser(seconds: int) -> Callable[[protocol.Session], protocol.Session]:
    def cut(facts: protocol.Session) -> protocol.Session:
        groups: dict[tuple[object, ...], list[protocol.Usage]] = defaultdict(list)
        for usage in facts.usage:
            start = int(usage.at.timestamp()) // seconds
            groups[start, usage.model, usage.service_tier, usage.band].append(usage)
        return facts.model_copy(update={"usage": tuple(_sum(group) for group in groups.values())})

    return cut


def _sum(group: Sequence[protocol.Usage]) -> protocol.Usage:
    reasoning = [usage.reasoning for usage in group if usage.reasoning is not None]
    totals = {name: sum(getattr(usage, name) for usage in group) for name in _SUMMED}
    return min(group, key=lambda usage: usage.at).model_copy(
        update={**totals, "reasoning": sum(reasoning) if reasoning else None}
    )


def _instant(name: str) -> Callable[[protocol.Fact], float]:
    def at(fact: protocol.Fact) -> float:
        value = getattr(fact, name)
        return value.timestamp() if isinstance(value, datetime) else 0.0

    return at


_SUMMED = ("calls", "incomplete_calls", "input", "output", "cache_read", "cache_write_5m", "cache_write_1h")
_CUTS: tuple[Callable[[protocol.Session], protocol.Session], ...] = (
    _keep("files", 200, _instant("last_at")),
    _keep("subagents", 80, _instant("last_activity_at")),
    _keep("memories", 20, _instant("modified_at")),
    _keep("commits", 80, _instant("at")),
    _coarser(3600),
    _keep("files", 50, _instant("last_at")),
    _keep("subagents", 20, _instant("last_activity_at")),
    _coarser(_DAY),
    _keep("files", 0, _instant("last_at")),
    _keep("tools", 60, lambda use: float(getattr(use, "calls", 0))),
    _coarser(366 * _DAY),
)
