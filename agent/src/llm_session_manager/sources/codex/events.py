"""The steps of a Codex thread's timeline that are due."""

from collections.abc import Iterator, Sequence

from llm_session_manager import protocol
from llm_session_manager.sources.calls import Names
from llm_session_manager.sources.codex.counts import Spent
from llm_session_manager.sources.codex.thread import Thread
from llm_session_manager.sources.timeline import Timeline, in_order
from llm_session_manager.sources.values import fingerprint, moment


class Events:
    """Makes the events of facts."""

    def __init__(self, names: Names, tier: protocol.Tier) -> None:
        self._names = names
        self._timeline = Timeline(tier)

    def of(self, thread: Thread, children: Sequence[Thread], due: set[int]) -> tuple[protocol.Event, ...]:
        """One event for each due fact of the thread's own, oldest first."""
        if not due:
            return ()
        answers = [self._answer(one) for one in thread.spent() if one.n in due]
        spawned = [_spawned(child) for child in children if fingerprint(child.meta.native_id) in due]
        return in_order([*answers, *spawned, *self._of_tools(thread, due), *self._of_lines(thread, due)])

    def _answer(self, one: Spent) -> protocol.Event:
        return protocol.Event(
            id=f"answer-{one.n:x}",
            at=moment(one.call.at),
            kind="answer",
            name=self._names[one.call.model],
            tokens=one.call.tokens,
            context_used=one.context,
        )

    def _of_tools(self, thread: Thread, due: set[int]) -> Iterator[protocol.Event]:
        record = thread.record
        for key in due:
            if key in thread.tools:
                yield self._timeline.tool(key, thread.tools[key], thread.results.get(key), None)
        for (key, _), commit in record.commits.items():
            if key in due and key in thread.tools:
                yield self._timeline.commit(key, commit)
        for (key, _), pull in record.pulls.items():
            if key in due and key in thread.tools:
                yield self._timeline.pull_request(pull)

    def _of_lines(self, thread: Thread, due: set[int]) -> Iterator[protocol.Event]:
        record = thread.record
        compactions = record.compactions()
        for prompt in thread.prompts:
            if prompt.n in due:
                yield self._timeline.prompt(prompt.n, prompt.at, prompt.words)
        for n in thread.own(due & compactions.keys()):
            yield self._timeline.compaction(n, compactions[n], _before(thread, n))
        for n in thread.own(due & record.failures.keys()):
            yield self._timeline.failure(n, *record.failures[n])
        for n in thread.own(due & record.interrupts.keys()):
            yield self._timeline.interrupt(n, record.interrupts[n])


def _before(thread: Thread, n: int) -> int:
    """The context in use before a line."""
    return next((count.context for count in reversed(thread.record.counts) if count.n < n), 0)


def _spawned(child: Thread) -> protocol.Event:
    return protocol.Event(
        id=f"subagent-{fingerprint(child.meta.native_id):x}",
        at=moment(child.times[0] if child.times else 0),
        kind="subagent",
        name=child.meta.role,
    )
