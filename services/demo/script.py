"""Writes all that happens in a session, turn after turn, from its plot alone."""

from collections.abc import Sequence
from random import Random

from services.demo.moments import (
    Committed,
    Compacted,
    Delegated,
    Failed,
    Moment,
    Prompted,
    Proposed,
    Returned,
    Used,
)
from services.demo.plots import Plot
from services.demo.spending import Spending
from services.demo.toolbox import Toolbox

IDLE_AFTER = 600.0
BROKEN_SECONDS = 900.0
WORKING = "the model is working"
FINISHED = "turn finished"
FAILED = "the last model call failed"
SUBJECTS = ("{title}", "Cover it with tests", "Address review", "Tidy names", "Handle the empty case")
SUBAGENTS = ("Explore", "code-reviewer", "test-runner")
FAILURES = ("overloaded", "rate_limit", "timeout")


def write(plot: Plot) -> tuple[Moment, ...]:
    """Tell the whole session: in order, all before the plot's end, the last moment being the end itself."""
    return Script(plot).write()


class Script:
    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._draw = Random(f"{plot.key}/script")
        self._spending = Spending(plot, self._draw)
        self._tools = Toolbox(plot, self._draw)
        self._moments: list[Moment] = []
        self._now = 0.0
        self._edits = 0
        self._commits = 0
        self._lanes = 0

    def write(self) -> tuple[Moment, ...]:
        while self._now < self._plot.seconds:
            self._turn()
        kept = [moment for moment in self._moments if moment.at < self._plot.seconds]
        return (*kept, Moment(self._plot.seconds, "ended", None))

    def _turn(self) -> None:
        self._spending.hear()
        self._add(Prompted(self._now, "active", WORKING))
        for _ in range(self._draw.randint(4, 14)):
            self._round()
            if self._is_broken():
                self._break_down()
                return
        self._answer()
        self._commit()
        self._pause()

    def _round(self) -> None:
        self._stumble()
        self._compact()
        self._answer()
        if self._plot.kit.agent and self._draw.random() < 0.04:
            self._delegate(self._plot.kit.agent)
            return
        for used in self._tools.uses(self._now, lane=None):
            self._follow(used)
        self._now = self._moments[-1].at

    def _follow(self, used: Sequence[Moment]) -> None:
        for moment in used:
            self._add(moment)
            if isinstance(moment, Used):
                self._spending.take_in(moment.name)
                self._edits += moment.edit is not None

    def _answer(self, lane: str | None = None) -> None:
        self._now += self._plot.pace.think * self._draw.uniform(0.4, 1.6)
        self._add(self._spending.answer(self._now, WORKING, lane))

    def _stumble(self) -> None:
        """Fail a model call now and then; the tool tries again by itself."""
        chance = {"failing": 0.06, "lost": 0.08}.get(self._plot.mood, 0.004)
        if self._draw.random() < chance:
            self._now += self._plot.pace.think * 0.5
            self._add(Failed(self._now, "error", FAILED, self._draw.choice(FAILURES)))
            self._now += self._draw.uniform(5, 30)

    def _compact(self) -> None:
        if self._spending.is_full:
            self._now += self._plot.pace.think * 3
            self._add(Compacted(self._now, "active", WORKING, self._spending.compact()))

    def _delegate(self, call: str) -> None:
        self._lanes += 1
        lane, began = f"agent-{self._lanes}", self._now
        reason = f"running {call}"
        self._add(Delegated(self._now, "active", reason, lane, self._draw.choice(SUBAGENTS)))
        for _ in range(self._draw.randint(3, 7)):
            self._answer(lane)
            for used in self._tools.uses(self._now, lane=lane):
                self._moments += used
            self._now = self._moments[-1].at
        self._now += 1
        took = self._now - began
        self._add(Returned(self._now, "active", WORKING, lane, took))
        self._add(Used(self._now, "active", WORKING, call, lane, False, "ok", None, took, None, None))
        self._spending.take_in(call)

    def _commit(self) -> None:
        if self._edits < 3 or self._draw.random() < 0.5:
            return
        subject = SUBJECTS[self._commits % len(SUBJECTS)].format(title=self._plot.task.title)
        self._now += 2
        sha = f"{self._draw.getrandbits(160):040x}"
        self._add(Committed(self._now, "active", WORKING, sha, subject))
        self._edits, self._commits = 0, self._commits + 1
        if self._commits == 2:
            self._now += 4
            self._add(Proposed(self._now, "active", WORKING, self._draw.randint(180, 990)))

    def _pause(self) -> None:
        """Wait for the person; after ten minutes the session is idle."""
        weights = [weight for weight, _low, _high in self._plot.pace.pauses]
        _weight, low, high = self._draw.choices(self._plot.pace.pauses, weights)[0]
        lasts = self._draw.uniform(low, high)
        self._add(Moment(self._now + 0.5, "waiting", FINISHED))
        if lasts > IDLE_AFTER:
            self._add(Moment(self._now + IDLE_AFTER, "idle", FINISHED))
        self._now += lasts

    def _is_broken(self) -> bool:
        left = self._plot.seconds - self._now
        return self._plot.mood == "failing" and left < min(self._plot.seconds * 0.3, BROKEN_SECONDS)

    def _break_down(self) -> None:
        """Fail again and again, and stay so to the end."""
        for _ in range(self._draw.randint(3, 6)):
            self._now += self._draw.uniform(3, 20)
            self._add(Failed(self._now, "error", FAILED, "overloaded"))
        self._now = self._plot.seconds

    def _add(self, moment: Moment) -> None:
        self._moments.append(moment)
