"""One session: the records of all files it is in, without what other sessions own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from llm_session_manager.sources.calls import Call, merged, unpacked
from llm_session_manager.sources.claude_code.owners import NEVER, Owners
from llm_session_manager.sources.claude_code.record import Agent, LastCall, Record
from llm_session_manager.sources.steps import CommitSeen, Edit, PullSeen, Result, Tool

Fact = TypeVar("Fact")


class Session:
    """`main` are records of the session's own transcripts, `agents` those of its sub-agents' files."""

    def __init__(self, native_id: str, number: int, owners: Owners) -> None:
        self.native_id = native_id
        self.number = number
        self.owners = owners
        self.main: dict[Path, Record] = {}
        self.agents: dict[Path, Record] = {}
        self.digest = b""

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(sorted(self.main) + sorted(self.agents))

    @property
    def records(self) -> list[Record]:
        return [*self.main_records, *(self.agents[path] for path in sorted(self.agents))]

    @property
    def main_records(self) -> list[Record]:
        return [self.main[path] for path in sorted(self.main)]

    @property
    def first(self) -> int:
        """The earliest time of any line, copied ones too; orders sessions."""
        return min((record.first for record in self.records), default=NEVER)

    @property
    def last(self) -> int:
        return max((record.last for record in self.records), default=-NEVER)

    @property
    def last_call(self) -> LastCall | None:
        return max((one.last_call for one in self.main_records if one.last_call), default=None)

    def owns(self, key: int) -> bool:
        return self.owners.owns(self.number, key)

    def times(self) -> list[int]:
        """The times of the session's own lines, sorted."""
        shared = bool(self.owners.peers(self.number))
        return sorted(
            at
            for record in self.records
            for key, at in zip(record.lines, record.times, strict=True)
            if not shared or self.owns(key)
        )

    def calls(self) -> dict[int, bytes]:
        """The session's view of every call in its files, its own or not."""
        calls: dict[int, bytes] = {}
        for record in self.records:
            for key, call in record.calls.items():
                before = calls.get(key)
                same = before is None or before == call
                calls[key] = (
                    call if same or before is None else merged(unpacked(before), unpacked(call)).packed()
                )
        return calls

    def tools(self) -> dict[int, Tool]:
        tools: dict[int, Tool] = {}
        for record in self.records:
            for key, tool in record.tools.items():
                if self.owns(tool.call):
                    tools.setdefault(key, tool)
        return tools

    def results(self, tools: dict[int, Tool]) -> dict[int, Result]:
        """Results of own tool calls, and those whose call no file shows."""
        results: dict[int, Result] = {}
        for record in self.records:
            for key, result in record.results.items():
                if key in tools or (
                    self.owns(result.line) and not any(key in one.tools for one in self.records)
                ):
                    results.setdefault(key, result)
        return results

    def own(self, facts: str) -> dict[int, Fact]:
        """The own ones among facts that are keyed by their line."""
        return {
            key: fact
            for record in self.records
            for key, fact in getattr(record, facts).items()
            if self.owns(key)
        }

    def edits(self, tools: dict[int, Tool]) -> Iterator[Edit]:
        found = {key: edits for record in self.records for key, edits in record.edits.items() if key in tools}
        for edits in found.values():
            yield from edits

    def commits(self, tools: dict[int, Tool]) -> Iterator[CommitSeen]:
        for record in self.records:
            yield from (commit for (tool, _), commit in record.commits.items() if tool in tools)

    def pulls(self, tools: dict[int, Tool]) -> Iterator[PullSeen]:
        for record in self.records:
            for (source, _), pull in record.pulls.items():
                if source in tools or source == 0 or self.owns(source):
                    yield pull

    def agent_results(self) -> dict[str, Agent]:
        results: dict[str, Agent] = {}
        for record in self.records:
            for identity, agent in record.agents.items():
                results[identity] = max(results.get(identity, agent), agent, key=lambda one: one.at)
        return results


def whole(call: bytes, key: int, session: Session, others: dict[int, "Session"]) -> Call:
    """A call with the largest figures that any session's copy of it states."""
    view = unpacked(call)
    for holder in session.owners.holders(key):
        if holder.session != session.number and holder.session in others:
            for record in others[holder.session].records:
                if key in record.calls:
                    view = merged(view, unpacked(record.calls[key]))
    return view
