"""What happened in a session besides model calls, as compact facts, and how they add up."""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from llm_session_manager import protocol
from llm_session_manager.sources.values import moment

# Why a tool call failed; the whole list. `rejected` and `permission` are the person's own refusals.
ErrorCategory = Literal[
    "exit_code",
    "rejected",
    "permission",
    "not_found",
    "edit_mismatch",
    "timeout",
    "interrupted",
    "client",
    "other",
]
REFUSALS = frozenset({"rejected", "permission"})
PAUSE = 300_000_000
_SORTED_AT_ONCE = 65_536

MOST_TOOLS, MOST_FILES, MOST_COMMITS, MOST_PULL_REQUESTS, MOST_SUBAGENTS = 300, 500, 200, 50, 200


class Tool(NamedTuple):
    """A call of a tool; `call` is the model call (or the place) that made it."""

    name: str
    at: int
    input: int
    call: int
    lane: int
    order: int
    detail: str | None


class Result(NamedTuple):
    """How a tool's call ended. `line` is where it stands; `category` is set where it counts as an error."""

    at: int
    line: int
    outcome: protocol.Outcome
    category: ErrorCategory | None
    duration_ms: int | None


class Edit(NamedTuple):
    """One edit of a file."""

    path: str
    change: Literal["added", "updated", "deleted", "moved"]
    added: int | None
    removed: int | None
    at: int


class CommitSeen(NamedTuple):
    sha: str
    branch: str | None
    subject: str | None
    at: int


class PullSeen(NamedTuple):
    number: int | None
    url: str
    repository: str | None
    at: int


def tool_uses(calls: Mapping[str, int], failed: Mapping[str, int]) -> tuple[protocol.ToolUse, ...]:
    """Calls and errors by name, the most used first; beyond what a report may hold the rest are `other`."""
    names = sorted(calls, key=lambda tool: (-calls[tool], tool))
    rest = names[MOST_TOOLS - 1 :] if len(names) > MOST_TOOLS else []
    rows = [(tool, calls[tool], failed.get(tool, 0)) for tool in names[: len(names) - len(rest)]]
    if rest:
        rows.append(("other", sum(calls[tool] for tool in rest), sum(failed.get(tool, 0) for tool in rest)))
    return tuple(protocol.ToolUse(name=tool, calls=used, errors=bad) for tool, used, bad in rows)


def longest_repeat(tools: Iterable[Tool]) -> int:
    """The longest run of one tool called with one input, in any lane; `tools` in their order."""
    longest = 0
    runs: dict[int, tuple[str, int, int]] = {}
    for tool in tools:
        name, given, run = runs.get(tool.lane, ("", 0, 0))
        run = run + 1 if (name, given) == (tool.name, tool.input) else 1
        runs[tool.lane] = (tool.name, tool.input, run)
        longest = max(longest, run)
    return longest


def in_order(times: "array[int]") -> "array[int]":
    """The times sorted; never all of them as objects."""
    if all(before <= later for before, later in pairwise(times)):
        return times
    parts = (times[start : start + _SORTED_AT_ONCE] for start in range(0, len(times), _SORTED_AT_ONCE))
    return array("q", merge(*(array("q", sorted(part)) for part in parts)))


def active_seconds(times: Iterable[int]) -> int:
    """The gaps between sorted times added up, those over five minutes left out."""
    total, before = 0, None
    for at in times:
        if before is not None and at - before <= PAUSE:
            total += at - before
        before = at
    return total // 1_000_000


def file_changes(edits: Iterable[Edit]) -> tuple[protocol.FileChange, ...]:
    """Every file's edits as one, the latest edited last. Not cut."""
    files: dict[str, list[Edit]] = {}
    for edit in sorted(edits, key=lambda edit: (edit.at, edit.path)):
        files.setdefault(edit.path, []).append(edit)
    changes = [_file_change(path, of_file) for path, of_file in files.items()]
    return tuple(sorted(changes, key=lambda change: (change.last_at, change.path)))


def _file_change(path: str, edits: list[Edit]) -> protocol.FileChange:
    added = [edit.added for edit in edits if edit.added is not None]
    removed = [edit.removed for edit in edits if edit.removed is not None]
    last = edits[-1].change
    return protocol.FileChange(
        path=path,
        change="added" if edits[0].change == "added" and last == "updated" else last,
        edits=len(edits),
        added=sum(added) if added else None,
        removed=sum(removed) if removed else None,
        last_at=moment(edits[-1].at),
    )


def commits(seen: Iterable[CommitSeen]) -> tuple[protocol.Commit, ...]:
    """Each commit once, oldest first."""
    first: dict[str, CommitSeen] = {}
    for commit in sorted(seen, key=lambda commit: (commit.at, commit.sha)):
        first.setdefault(commit.sha, commit)
    return tuple(
        protocol.Commit(sha=one.sha, branch=one.branch, subject=one.subject, at=moment(one.at))
        for one in list(first.values())[-MOST_COMMITS:]
    )


def pull_requests(seen: Iterable[PullSeen]) -> tuple[protocol.PullRequest, ...]:
    """Each pull request once, oldest first."""
    first: dict[str, PullSeen] = {}
    for pull in sorted(seen, key=lambda pull: (pull.at, pull.url)):
        first.setdefault(pull.url, pull)
    return tuple(
        protocol.PullRequest(number=one.number, url=one.url, repository=one.repository, at=moment(one.at))
        for one in list(first.values())[-MOST_PULL_REQUESTS:]
    )


def work(
    edits: Iterable[Edit], seen: Iterable[CommitSeen], pulls: Iterable[PullSeen], *, named: bool
) -> dict[str, Any]:
    """Files, commits and pull requests of a session; without names, subjects and addresses unless `named`."""
    files, made = file_changes(edits), commits(seen)
    if not named:
        made = tuple(commit.model_copy(update={"branch": None, "subject": None}) for commit in made)
    return {
        "files": files[-MOST_FILES:] if named else (),
        "files_changed": len(files),
        "commits": made,
        "pull_requests": pull_requests(pulls) if named else (),
    }


def tool_counts(tools: Mapping[int, Tool], results: Mapping[int, Result]) -> dict[str, Any]:
    """Tool calls by name with their errors, and the errors by category."""
    errors = {key: str(result.category) for key, result in results.items() if result.category}
    categories = Counter(errors.values())
    failed = Counter(tools[key].name for key in errors if key in tools)
    calls = Counter(tool.name for tool in tools.values())
    return {
        "tool_calls": len(tools),
        "errors": len(errors),
        "refusals": sum(categories[category] for category in REFUSALS),
        "longest_repeat": longest_repeat(tools.values()),
        "tools": tool_uses(calls, failed),
        "error_categories": dict(sorted(categories.items())),
    }
