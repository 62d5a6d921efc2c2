"""What a session owns: its files without the lines and messages that belong to other sessions."""

from array import array
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

from llm_session_manager.sources.calls import merged, unpacked
from llm_session_manager.sources.claude_code.owners import Owners
from llm_session_manager.sources.claude_code.record import Agent
from llm_session_manager.sources.claude_code.session import Session
from llm_session_manager.sources.steps import CommitSeen, Edit, PullSeen, Result, Tool, in_order

Fact = TypeVar("Fact")


class View:
    """A session as it is now; make a new one when a file grew. `others` are all sessions by number."""

    def __init__(self, session: Session, owners: Owners, others: Mapping[int, Session]) -> None:
        self.session = session
        self.records = session.records
        self.main_records = session.main_records
        self._owners = owners
        self._peers = [others[number] for number in owners.peers(session.number) if number in others]

    @cached_property
    def foreign(self) -> set[int]:
        """The lines that another session owns."""
        mine = _ranks(self.session) if self._peers else {}
        number, owners = self.session.number, self._owners
        return {
            key
            for peer in self._peers
            for key, rank in _ranks(peer).items()
            if key in mine and owners.precedence(peer.number, rank) < owners.precedence(number, mine[key])
        }

    def times(self) -> "array[int]":
        """The times of the session's own lines, sorted; made anew for each asking."""
        own: array[int] = array("q")
        for record in self.records:
            if not self.foreign:
                own.extend(record.times)
            else:
                pairs = zip(record.lines, record.times, strict=True)
                own.extend(at for key, at in pairs if key not in self.foreign)
        return in_order(own)

    @cached_property
    def calls(self) -> Mapping[int, bytes]:
        """Own model calls, packed; each has the largest figures that any session's copy of it states."""
        if len(self.records) == 1 and not self._peers:
            return self.records[0].calls
        calls: dict[int, bytes] = {}
        for record in self.records:
            for key, call in record.calls.items():
                if key in calls or self._owners.owns(self.session.number, key):
                    calls[key] = _larger(calls.get(key), call)
        for record in (record for peer in self._peers for record in peer.records):
            for key in calls.keys() & record.calls.keys():
                calls[key] = _larger(calls[key], record.calls[key])
        return calls

    @cached_property
    def tools(self) -> Mapping[int, Tool]:
        """Calls of tools that own messages made, in the order of their lines."""
        if len(self.records) == 1 and not self._peers:
            return self.records[0].tools
        tools: dict[int, Tool] = {}
        for record in self.records:
            for key, tool in record.tools.items():
                if key not in tools and self._owners.owns(self.session.number, tool.call):
                    tools[key] = tool
        return tools

    @cached_property
    def results(self) -> Mapping[int, Result]:
        """Results of own tool calls, and those whose call no file shows."""
        if len(self.records) == 1 and not self._peers:
            return self.records[0].results
        results: dict[int, Result] = {}
        shown = set[int]().union(*(record.tools for record in self.records))
        for record in self.records:
            for key, result in record.results.items():
                if key in self.tools or (key not in shown and result.line not in self.foreign):
                    results.setdefault(key, result)
        return results

    def own(self, facts: str) -> Mapping[int, Any]:
        """The own ones among the facts of this name, which are keyed by their line."""
        found: dict[int, Any] = getattr(self.records[0], facts) if self.records else {}
        if len(self.records) <= 1 and not self.foreign:
            return found
        found = {}
        for record in self.records:
            found.update(getattr(record, facts))
        for key in self.foreign & found.keys():
            del found[key]
        return found

    def recaps(self) -> set[int]:
        """Own summaries that follow a compaction."""
        return set[int]().union(*(record.recaps for record in self.records)) - self.foreign

    def holds(self, line: int) -> bool:
        """Whether a line is in the session's own transcripts."""
        return any(line in record.lines for record in self.main_records)

    def edits(self) -> Iterator[Edit]:
        found = {
            key: edits for record in self.records for key, edits in record.edits.items() if key in self.tools
        }
        for edits in found.values():
            yield from edits

    def commits(self) -> Iterator[tuple[int, CommitSeen]]:
        """Own commits with the key of the tool call that made each."""
        for record in self.records:
            yield from ((tool, commit) for (tool, _), commit in record.commits.items() if tool in self.tools)

    def pulls(self) -> Iterator[tuple[int, PullSeen]]:
        """Own pull requests with the key of the tool call or line that shows each."""
        for record in self.records:
            for (source, _), pull in record.pulls.items():
                if source in self.tools or (source not in record.tools and source not in self.foreign):
                    yield source, pull

    def agent_results(self) -> dict[str, Agent]:
        results: dict[str, Agent] = {}
        for record in self.records:
            for identity, agent in record.agents.items():
                results[identity] = max(results.get(identity, agent), agent, key=lambda one: one.at)
        return results

    def copied_from(self) -> str | None:
        """The session that this one is a marked copy of."""
        for record in self.main_records:
            if record.copied and record.lines[0] in self.foreign:
                holders = [peer for peer in self._peers if record.lines[0] in _ranks(peer)]
                first = min(holders, key=lambda peer: self._owners.precedence(peer.number, 0), default=None)
                return first.native_id if first else None
        return None


def _ranks(session: Session) -> dict[int, int]:
    """Every line of a session with the best rank it has there."""
    ranks: dict[int, int] = {}
    for record in session.records:
        for key, rank in zip(record.lines, record.ranks, strict=True):
            if key:
                ranks[key] = min(rank, ranks.get(key, rank))
    return ranks


def _larger(one: bytes | None, other: bytes) -> bytes:
    if one is None or one == other:
        return other
    return merged(unpacked(one), unpacked(other)).packed()
