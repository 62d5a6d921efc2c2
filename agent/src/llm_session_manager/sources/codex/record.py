"""What one rollout states, kept as small facts; lines are gone once read."""

from array import array
from typing import Any, NamedTuple

from llm_session_manager.sources import TailState
from llm_session_manager.sources.calls import Names
from llm_session_manager.sources.codex.counts import Count
from llm_session_manager.sources.packed import Due, packed_results, packed_tools
from llm_session_manager.sources.shelves import Shelved
from llm_session_manager.sources.steps import CommitSeen, Edit, PullSeen

NO_TIME = -(1 << 62)


class Meta(NamedTuple):
    """The first `session_meta`: who the thread is and where it was started."""

    native_id: str
    parent: str | None
    subagent: bool
    role: str | None
    directory: str | None
    branch: str | None
    repository: str | None
    version: str | None


class Prompt(NamedTuple):
    n: int
    at: int
    text: int
    words: str | None


class Record(Shelved):
    """The facts of one rollout so far, each with its line's number: a fork's first lines are its parent's.

    Tool calls are keyed by the fingerprint of their id. `responses` (each a `token_usage_record`) hold
    where there are no `counts`. `fresh` are line numbers and such keys of which an event is due.
    """

    HEAVY = (
        "times", "counts", "tools", "results", "prompts", "answers", "turns", "commands", "patched", "fresh",
    )  # fmt: skip

    def __init__(self, names: Names) -> None:
        self.size = 0
        self.last = NO_TIME
        self.meta: Meta | None = None
        self.metas: set[str] = set()
        self.flat = False
        self.times: array[int] = array("q")
        self.turns: dict[int, int] = {}
        self.counts: list[Count] = []
        self.responses: dict[str, Count] = {}
        self.prompts: list[Prompt] = []
        self.item_prompts: list[Prompt] = []
        self.answers: array[int] = array("q")
        self.tools = packed_tools(names, Names())
        self.results = packed_results()
        self.commands: dict[int, int] = {}
        self.applied: dict[int, list[Edit]] = {}
        self.patched: dict[int, list[Edit]] = {}
        self.commits: dict[tuple[int, str], CommitSeen] = {}
        self.pulls: dict[tuple[int, str], PullSeen] = {}
        self.compacted: dict[int, int] = {}
        self.compaction_notes: dict[int, int] = {}
        self.failures: dict[int, tuple[int, str]] = {}
        self.interrupts: dict[int, int] = {}
        self.first_prompt = ""
        self.model = 0
        self.window = 0
        self.context = 0
        self.context_line = -1
        self.skipped = 0
        self.tail: TailState = "unknown"
        self.tail_at: int | None = None
        self.turn_events = False
        self.open: dict[int, str] = {}
        self.announced: set[str] = set()
        self.fresh = Due()

    def compactions(self) -> dict[int, int]:
        """Line and time of each; a client writes a line, a note, or both for one."""
        return self.compacted if len(self.compacted) >= len(self.compaction_notes) else self.compaction_notes

    def own_prompts(self) -> list[Prompt]:
        return self.prompts or self.item_prompts


Json = dict[str, Any]
