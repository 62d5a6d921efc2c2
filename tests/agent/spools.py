"""Spools to try things on."""

from collections import Counter
from pathlib import Path

from llm_session_manager import protocol
from llm_session_manager.spool import tables
from llm_session_manager.spool.outgoing import Outgoing
from llm_session_manager.spool.store import Entry, Spool
from llm_session_manager.traces import pack_events, unpack_events
from tests.agent.transcripts import event, facts


def opened(path: Path, **options: object) -> Spool:
    return Spool(tables.open_file(path), **options)


def entry(name: str = "s1", *events: str, calls: int = 0) -> Entry:
    return Entry(facts(name, tool_calls=calls), unpack_events(pack_events(event(one) for one in events)))


def reports(out: list[Outgoing]) -> list[protocol.Report]:
    return [protocol.Report.model_validate_json(one.body) for one in out]


def balance(spool: Spool) -> None:
    """The two sums that must always hold."""
    state = spool.state()
    count = Counter(state.counters)
    assert count["read"] == count["spooled"] + count["skipped"]
    gone = count["confirmed"] + count["superseded"] + count["rejected"] + count["thinned"]
    assert count["spooled"] == gone + state.waiting
