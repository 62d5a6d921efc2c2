"""One session: the records of all files it is in."""

from pathlib import Path

from llm_session_manager.sources.claude_code.owners import NEVER
from llm_session_manager.sources.claude_code.record import LastCall, Record


class Session:
    """`main` are records of the session's own transcripts, `agents` those of its sub-agents' files."""

    def __init__(self, native_id: str, number: int) -> None:
        self.native_id = native_id
        self.number = number
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
    def last_call(self) -> LastCall | None:
        return max((one.last_call for one in self.main_records if one.last_call), default=None)
