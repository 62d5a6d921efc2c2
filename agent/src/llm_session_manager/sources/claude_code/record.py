"""What one transcript states, kept as small facts; lines are gone once read."""

from array import array
from typing import Any, NamedTuple

from llm_session_manager.sources import TailState
from llm_session_manager.sources.calls import CALL_BYTES, Names
from llm_session_manager.sources.claude_code.owners import NEVER
from llm_session_manager.sources.packed import Due, packed_results, packed_times, packed_tools
from llm_session_manager.sources.rows import Rows
from llm_session_manager.sources.shelves import Shelved
from llm_session_manager.sources.steps import CommitSeen, Edit, PullSeen


class LastCall(NamedTuple):
    """The latest call of the main chain; compares by time."""

    at: int
    order: int
    model: int
    context: int


class Agent(NamedTuple):
    """What the result of a `Task` says of the sub-agent it ran."""

    kind: str | None
    status: str | None
    tool_calls: int
    at: int


class Lane:
    """A sub-agent's stay in a transcript."""

    __slots__ = ("first", "last", "model", "model_at")

    def __init__(self) -> None:
        self.first, self.last = NEVER, -NEVER
        self.model, self.model_at = 0, -NEVER

    def seen(self, at: int) -> None:
        self.first, self.last = min(self.first, at), max(self.last, at)


class Record(Shelved):
    """The facts of one transcript so far.

    All maps are keyed by the fingerprint of the id that names the fact (of the line's `uuid`, the
    message or the tool call), so that the same fact in two files of a session is one. `fresh` are
    the keys of which an event is due.
    """

    HEAVY = ("lines", "ranks", "times", "calls", "tools", "results", "prompts", "commands", "edits", "fresh")

    def __init__(self, names: Names, details: Names) -> None:
        self.lines: array[int] = array("q")
        self.ranks: array[int] = array("B")
        self.times: array[int] = array("q")
        self.first, self.last = NEVER, -NEVER
        self.calls = Rows(CALL_BYTES)
        self.tools = packed_tools(names, details)
        self.results = packed_results()
        self.edits: dict[int, list[Edit]] = {}
        self.commands: dict[int, int] = {}
        self.commits: dict[tuple[int, str], CommitSeen] = {}
        self.pulls: dict[tuple[int, str], PullSeen] = {}
        self.prompts = packed_times()
        self.words: dict[int, str] = {}
        self.failures: dict[int, tuple[int, str]] = {}
        self.compactions: dict[int, tuple[int, int]] = {}
        self.recaps: set[int] = set()
        self.interrupts: dict[int, int] = {}
        self.agents: dict[str, Agent] = {}
        self.lanes: dict[int, Lane] = {}
        self.branches_of: dict[int, int] = {}
        self.titles: dict[str, str] = {}
        self.summaries: list[tuple[int, str]] = []
        self.directory: str | None = None
        self.lane_directory: str | None = None
        self.branch: str | None = None
        self.version: str | None = None
        self.last_call: LastCall | None = None
        self.last_compaction = -NEVER
        self.largest_prompt = 0
        self.skipped = self.oversized = 0
        self.copied = False
        self.size = 0
        self.worked = False
        self.tail: TailState = "unknown"
        self.tail_at: int | None = None
        self.open: dict[int, str] = {}
        self.fresh = Due()

    @property
    def is_session(self) -> bool:
        """Whether anybody worked here: files of summaries or settings alone are no sessions."""
        return self.worked and self.first != NEVER

    def keys(self) -> set[int]:
        """The ids by which a copy in another session is found."""
        return {*self.prompts, *self.calls}

    def lane(self, number: int) -> Lane:
        if number not in self.lanes:
            self.lanes[number] = Lane()
        return self.lanes[number]


Json = dict[str, Any]
