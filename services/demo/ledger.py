"""The totals of a session as its moments come to pass."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from llm_session_manager import protocol
from llm_session_manager.protocol import bucket_start, prompt_band
from services.demo.moments import (
    Answered,
    Call,
    Committed,
    Compacted,
    Delegated,
    Edit,
    Failed,
    Moment,
    Prompted,
    Proposed,
    Returned,
    Used,
)
from services.demo.plots import Plot

COUNTED: Mapping[type[Moment], str] = {
    Prompted: "prompts",
    Failed: "api_errors",
    Compacted: "compactions",
}
PULL_URL = "https://github.com/{repository}/pull/{number}"


@dataclass(slots=True)
class Helper:
    """A sub-agent so far."""

    kind: str
    started_at: datetime
    last_at: datetime
    status: str = "running"
    tool_calls: int = 0
    tokens: int = 0


@dataclass(slots=True)
class Ledger:
    """Every number only ever grows but `context`, which a compaction shortens."""

    plot: Plot
    status: protocol.Status = "active"
    reason: str | None = None
    last_at: float = 0.0
    touched_at: float = 0.0
    active: float = 0.0
    context: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    usage: dict[tuple[datetime, int], Counter[str]] = field(default_factory=dict)
    files: dict[str, list[tuple[Edit, datetime]]] = field(default_factory=dict)
    commits: list[protocol.Commit] = field(default_factory=list)
    pulls: list[protocol.PullRequest] = field(default_factory=list)
    helpers: dict[str, Helper] = field(default_factory=dict)
    repeated: tuple[str, int] = ("", 0)
    longest_repeat: int = 0

    def enter(self, moment: Moment) -> None:
        """Let a moment come to pass; they come in their order."""
        if self.status == "active":
            self.active += moment.at - self.last_at
        self.last_at, self.status, self.reason = moment.at, moment.status, moment.reason
        if type(moment) is not Moment:
            self.touched_at = moment.at
        if counted := COUNTED.get(type(moment)):
            self.counts[counted] += 1
        at = self.moment_at(moment.at)
        match moment:
            case Answered():
                self._answered(moment, at)
            case Used():
                self._used(moment, at)
            case Compacted():
                self.context = moment.context
            case Committed() | Proposed():
                self._delivered(moment, at)
            case Delegated():
                self.helpers[moment.lane] = Helper(moment.kind, at, at)
            case Returned():
                self.helpers[moment.lane].status = "completed"

    def moment_at(self, seconds: float) -> datetime:
        """The time of a moment, to the millisecond."""
        return self.plot.started_at + timedelta(milliseconds=round(seconds * 1000))

    def _answered(self, moment: Answered, at: datetime) -> None:
        self.counts["answers"] += moment.lane is None
        if moment.lane is None:
            self.context = moment.context
        else:
            helper = self.helpers[moment.lane]
            helper.tokens, helper.last_at = helper.tokens + moment.call.total, at
        if self.plot.kit.books != "context":
            self._spend(moment.call, at)

    def _spend(self, call: Call, at: datetime) -> None:
        spent = self.usage.setdefault((bucket_start(at), prompt_band(call.prompt)), Counter())
        for name in ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h"):
            spent[name] += getattr(call, name)
        spent["reasoning"] += call.reasoning or 0
        spent["calls"] += 1

    def _used(self, moment: Used, at: datetime) -> None:
        self.calls[moment.name] += 1
        if moment.category is not None:
            self.failures[moment.name] += 1
            self.categories[moment.category] += 1
            self.counts["refusals"] += moment.outcome == "refused"
        what = f"{moment.name} {moment.target}"
        same = self.repeated[1] + 1 if self.repeated[0] == what else 1
        self.repeated = (what, same)
        self.longest_repeat = max(self.longest_repeat, same)
        if moment.lane is not None:
            helper = self.helpers[moment.lane]
            helper.tool_calls, helper.last_at = helper.tool_calls + 1, at
        if moment.edit is not None:
            self.files.setdefault(moment.edit.path, []).append((moment.edit, at))

    def _delivered(self, moment: Committed | Proposed, at: datetime) -> None:
        repository = self.plot.project.repository
        if isinstance(moment, Committed):
            branch = self.plot.task.branch
            self.commits.append(protocol.Commit(sha=moment.sha, branch=branch, subject=moment.subject, at=at))
            return
        url = PULL_URL.format(repository=repository, number=moment.number)
        self.pulls.append(protocol.PullRequest(number=moment.number, url=url, repository=repository, at=at))
