"""A report as bytes, with what it carries, so that an answer settles exactly that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from llm_session_manager import protocol
from llm_session_manager.protocol.tiers import told_at

ENVELOPE_BYTES = 512


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """One event that waits: `n` is the version of its row."""

    id: str
    n: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One report to send; `header_n` and `events` are the versions of the rows it carries."""

    key: str
    epoch: int
    n: int
    header_n: int
    events: tuple[tuple[str, int], ...]
    body: bytes


def report_bytes(
    *, epoch: int, n: int, at: datetime, tier: protocol.Tier, header: bytes, events: Sequence[PendingEvent]
) -> bytes:
    """A `protocol.Report` as JSON, made from parts that are JSON already."""
    stamp = protocol.Heartbeat(sent_at=at).model_dump_json(include={"sent_at"})[len('{"sent_at":') : -1]
    start = f'{{"v":1,"kind":"report","epoch":{epoch},"n":{n},"sent_at":{stamp},"tier":"{tier}","session":'
    steps = b",".join(event.body for event in events)
    return b"".join((start.encode(), header, b',"events":[', steps, b"]}"))


def at_tier(outgoing: Outgoing, most: protocol.Tier) -> Outgoing:
    """The same without what is above this tier."""
    report = told_at(protocol.Report.model_validate_json(outgoing.body), most)
    return replace(outgoing, body=report.model_dump_json(exclude_defaults=True).encode())


def chunks(header: bytes, events: Sequence[PendingEvent]) -> list[list[PendingEvent]]:
    """The events cut into reports of at most `EVENTS_PER_REPORT` and `REPORT_BYTES`; at least one report."""
    room = protocol.REPORT_BYTES - ENVELOPE_BYTES - len(header)
    cut: list[list[PendingEvent]] = [[]]
    used = 0
    for event in events:
        size = len(event.body) + 1
        if cut[-1] and (len(cut[-1]) >= protocol.EVENTS_PER_REPORT or used + size > room):
            cut.append([])
            used = 0
        cut[-1].append(event)
        used += size
    return cut
