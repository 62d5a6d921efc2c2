"""Which process works on which session; pure."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from llm_session_manager import protocol
from llm_session_manager.processes.matching import Match
from llm_session_manager.status import RegistryStatus

CLOCK_SLACK = 5.0
Way = Literal["registry", "open_file", "argument", "directory"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session as far as linking needs it; times in seconds since 1970.

    `usual`: its home is the one its tool uses on this machine, so that a directory may prove something.
    """

    key: str
    tool: protocol.Tool
    native_id: str
    directory: str | None
    files: Collection[str]
    started: float | None
    active: float | None
    usual: bool


@dataclass(frozen=True, slots=True)
class Registered:
    """An entry of Claude Code's registry of live sessions."""

    pid: int
    session_id: str
    status: RegistryStatus | None
    start_ticks: str | None
    started: float | None


@dataclass(frozen=True, slots=True)
class Link:
    """`sure`: nothing else could be meant. A directory alone proves only so much."""

    match: Match
    way: Way
    status: RegistryStatus | None = None
    sure: bool = True


def link(
    matches: Sequence[Match], candidates: Sequence[Candidate], registry: Sequence[Registered]
) -> dict[str, Link]:
    """The process of each session that has one, by its key.

    The tool's own registry is believed first, then open files, then a session named on the command line.
    What is left is told by the directory: one process to one session, those first whose starts lie closest.
    """
    links: dict[str, Link] = {}
    used: set[int] = set()
    entries = {entry.pid: entry for entry in registry}
    by_id = {(one.tool, one.native_id.lower()): one for one in candidates}
    for found in matches:
        entry = entries.get(found.process.pid)
        if found.tool == "claude-code" and entry is not None and _same_process(entry, found):
            # Also when its transcript does not exist yet: then it is no other session's process.
            used.add(found.process.pid)
            if one := by_id.get((found.tool, entry.session_id.lower())):
                links[one.key] = Link(found, "registry", entry.status)
    for found in matches:
        if found.process.pid in used:
            continue
        held = _held(found, candidates)
        named = by_id.get((found.tool, found.session_id)) if found.session_id else None
        for one in held or ([named] if named else []):
            links.setdefault(one.key, Link(found, "open_file" if held else "argument"))
            used.add(found.process.pid)
    left = [found for found in matches if found.process.pid not in used and found.role != "server"]
    links |= _by_directory(left, [one for one in candidates if one.key not in links and one.usual])
    return links


def _same_process(entry: Registered, found: Match) -> bool:
    if entry.start_ticks is not None and found.process.start_ticks is not None:
        return entry.start_ticks == found.process.start_ticks
    return entry.started is None or entry.started >= found.process.created - CLOCK_SLACK


def _held(found: Match, candidates: Sequence[Candidate]) -> list[Candidate]:
    rollouts = {path for path in found.process.open_files if re.search(r"rollout-[^/\\]*\.jsonl$", path)}
    if found.tool != "codex" or not rollouts:
        return []
    return [one for one in candidates if one.tool == "codex" and not rollouts.isdisjoint(one.files)]


def _by_directory(matches: Sequence[Match], candidates: Sequence[Candidate]) -> dict[str, Link]:
    pairs = sorted(
        (
            (
                abs((one.started or 0.0) - found.process.created),
                -(one.active or 0.0),
                found.process.pid,
                one.key,
                found,
            )
            for found in matches
            for one in candidates
            if one.tool == found.tool and _may_be(found, one)
        ),
        key=lambda pair: pair[:4],
    )
    links: dict[str, Link] = {}
    taken: set[int] = set()
    choices = Counter(choice for _, _, pid, key, _ in pairs for choice in (pid, key))
    for _, _, pid, key, found in pairs:
        if pid not in taken and key not in links:
            taken.add(pid)
            links[key] = Link(found, "directory", sure=choices[pid] == choices[key] == 1)
    return links


def _may_be(found: Match, one: Candidate) -> bool:
    if not found.process.cwd or one.directory != found.process.cwd or one.active is None:
        return False
    return one.active >= found.process.created - CLOCK_SLACK


def seconds(at: datetime | None) -> float | None:
    """The instant in seconds since 1970."""
    return at.timestamp() if at else None


def busy_child(pid: int, since: float | None, children: Mapping[int, Sequence[tuple[int, float]]]) -> bool:
    """Whether a descendant of `pid` was started since then; `children` gives (pid, created) by parent."""
    if since is None:
        return False
    waiting, seen = [pid], {pid}
    while waiting:
        for child, created in children.get(waiting.pop(), ()):
            if created >= since - 2.0:
                return True
            if child not in seen:
                seen.add(child)
                waiting.append(child)
    return False
