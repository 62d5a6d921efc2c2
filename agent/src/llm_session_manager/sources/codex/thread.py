"""One thread: what its rollout states, without the history of the thread it was forked from."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path

from llm_session_manager.sources.codex.counts import Spent, oversized, spent, stated
from llm_session_manager.sources.codex.record import NO_TIME, Meta, Prompt, Record
from llm_session_manager.sources.codex.replay import Start, own_start
from llm_session_manager.sources.steps import CommitSeen, Edit, PullSeen, Result, Tool, in_order


class Thread:
    """A view of a record and its parent's as they are now; make a new one when either grew."""

    def __init__(self, record: Record, parent: Record | None, files: tuple[Path, ...], tier: int) -> None:
        self.record = record
        self.files = files
        self._tier = tier
        self._parent = parent

    @property
    def meta(self) -> Meta:
        assert self.record.meta is not None
        return self.record.meta

    @cached_property
    def start(self) -> Start:
        return own_start(self.record, self._parent)

    @cached_property
    def times(self) -> "array[int]":
        """The times of the thread's own lines, sorted."""
        return in_order(array("q", (at for at in self.record.times[self.start.n :] if at != NO_TIME)))

    def spent(self) -> Iterator[Spent]:
        """The own calls in their order, those with impossible figures left out."""
        return (one for one in self._all_spent() if not oversized(one))

    @property
    def oversized(self) -> int:
        return sum(map(oversized, self._all_spent()))

    def _all_spent(self) -> Iterator[Spent]:
        if self.record.counts:
            own = (count for count in self.record.counts if count.n >= self.start.n)
            return spent(own, self.start.baseline, self._tier)
        return stated(self.record.responses.values(), self._tier)

    @property
    def counted(self) -> bool:
        """Whether tokens are known at all."""
        return any(count.n >= self.start.n for count in self.record.counts) or bool(self.record.responses)

    @cached_property
    def tools(self) -> Mapping[int, Tool]:
        if self.start.n == 0:
            return self.record.tools
        return {key: tool for key, tool in self.record.tools.items() if tool.order >= self.start.n}

    @cached_property
    def results(self) -> Mapping[int, Result]:
        """Results of own calls, and own results whose call is not written."""
        record = self.record
        if self.start.n == 0:
            return record.results
        return {
            key: result
            for key, result in record.results.items()
            if key in self.tools or (key not in record.tools and result.line >= self.start.n)
        }

    @property
    def prompts(self) -> list[Prompt]:
        return [prompt for prompt in self.record.own_prompts() if prompt.n >= self.start.n]

    @property
    def answers(self) -> int:
        return sum(n >= self.start.n for n in self.record.answers)

    def own(self, lines: Iterable[int]) -> list[int]:
        """The own ones among line numbers."""
        return [n for n in lines if n >= self.start.n]

    def edits(self) -> Iterable[Edit]:
        """What was applied; for a call of which nothing says so, what it asked for unless it failed."""
        for key, result in self.results.items():
            if key in self.record.applied:
                yield from self.record.applied[key]
            elif result.category is None:
                yield from self.record.patched.get(key, ())

    def commits(self) -> list[CommitSeen]:
        return [commit for (key, _), commit in self.record.commits.items() if key in self.tools]

    def pulls(self) -> list[PullSeen]:
        return [pull for (key, _), pull in self.record.pulls.items() if key in self.tools]
