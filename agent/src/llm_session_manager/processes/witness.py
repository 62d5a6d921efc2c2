"""Looks at this machine's processes with psutil; every read may fail, and none of it is fatal."""

import logging
import os
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from llm_session_manager.config import Home
from llm_session_manager.processes.linking import Candidate, Link, busy_child, link, seconds
from llm_session_manager.processes.matching import Match, Process, leaves, match
from llm_session_manager.processes.registry import read_registry
from llm_session_manager.status import Evidence
from llm_session_manager.traces import Trace

log = logging.getLogger(__name__)

SETTLED = 5.0


@dataclass(frozen=True, slots=True)
class Holder:
    """The process of a session. `shared`: it works on others as well.

    `other` is, where there is no such process, one that bears the number of the session's last.
    """

    link: Link | None
    shared: bool = False
    other: int | None = None


class ProcessWitness:
    """Tells which sessions of these homes have a process.

    A session in a tool's usual home without a process is `gone`. One in any other folder is `unseen`: it may
    be a copy, or the work of another machine.
    """

    def __init__(self, homes: Sequence[Home]) -> None:
        self._homes = homes
        self._usual = [_real(home.path) for home in homes if home.usual]
        self._registries = sorted({home.path for home in homes if home.tool == "claude-code"})
        self._strangers: dict[int, float] = {}
        self._candidates: dict[str, tuple[Trace, Candidate]] = {}
        self._numbers: dict[str, int] = {}

    def look(self, sessions: Mapping[str, Trace]) -> Mapping[str, Evidence]:
        try:
            listed = self._list()
        except (psutil.Error, OSError) as error:
            log.warning("Processes cannot be listed (%s); statuses are told by files and age.", error)
            return {}
        matches, children = listed
        candidates = self._known(sessions)
        links = link(matches, candidates, read_registry(self._registries))
        self._numbers |= {key: found.match.process.pid for key, found in links.items()}
        return {
            one.key: _evidence(sessions[one.key], links.get(one.key), children, usual=one.usual)
            for one in candidates
        }

    def holder(self, sessions: Mapping[str, Trace], key: str) -> Holder:
        """Which process works on a session at this moment. Raises psutil.Error or OSError."""
        matches, _ = self._list()
        registry = read_registry(self._registries)
        links = link(matches, self._known(sessions), registry)
        one = sessions[key]
        named = {entry.pid for entry in registry if entry.session_id.lower() == one.native_id.lower()}
        numbers = named if one.tool == "claude-code" else set()
        if key in self._numbers:
            numbers.add(self._numbers[key])
        found = links.get(key)
        if found is None:
            return Holder(None, other=next((pid for pid in sorted(numbers) if psutil.pid_exists(pid)), None))
        pid = found.match.process.pid
        others = [other for other, held in links.items() if held.match.process.pid == pid and other != key]
        return Holder(found, shared=bool(others) or found.match.role == "server")

    def _known(self, sessions: Mapping[str, Trace]) -> list[Candidate]:
        for key, trace in sessions.items():
            if key not in self._candidates or self._candidates[key][0] is not trace:
                self._candidates[key] = (trace, _candidate(key, trace, self._usual))
        return [self._candidates[key][1] for key in sessions]

    def _list(self) -> tuple[list[Match], Mapping[int, Sequence[tuple[int, float]]]]:
        children: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
        found: list[Match] = []
        strangers: dict[int, float] = {}
        for handle in psutil.process_iter():
            try:
                created, parent = handle.create_time(), handle.ppid()
                children[parent].append((handle.pid, created))
                if self._strangers.get(handle.pid) != created and (one := _match(handle, parent, created)):
                    found.append(one)
                elif time.time() - created > SETTLED:
                    # Young ones are looked at again: a shell becomes its command in the same process.
                    strangers[handle.pid] = created
            except (psutil.Error, OSError):
                continue
        self._strangers = strangers
        return [_with_details(one) for one in leaves(found)], children


def _candidate(key: str, trace: Trace, usual: Sequence[Path]) -> Candidate:
    files = {_real(path) for path in trace.files}
    return Candidate(
        key=key,
        tool=trace.tool,
        native_id=trace.native_id,
        directory=trace.start_directory,
        files={str(path) for path in files},
        started=seconds(trace.started_at),
        active=seconds(trace.last_activity_at),
        usual=any(path.is_relative_to(home) for path in files for home in usual),
    )


def _evidence(
    trace: Trace,
    found: Link | None,
    children: Mapping[int, Sequence[tuple[int, float]]],
    *,
    usual: bool,
) -> Evidence:
    if found is None:
        return Evidence("gone" if usual else "unseen")
    since = seconds(trace.tail.at or trace.last_activity_at)
    return Evidence("running", found.status, busy_child(found.match.process.pid, since, children))


def _match(handle: psutil.Process, parent: int, created: float) -> Match | None:
    if hasattr(os, "getuid") and handle.uids().real != os.getuid():
        return None
    try:
        exe = handle.exe()
    except (psutil.Error, OSError):
        exe = ""
    argv = tuple(handle.cmdline())
    return match(Process(handle.pid, parent, created, exe, argv), os.path.realpath)


def _with_details(found: Match) -> Match:
    process = found.process
    cwd, files = None, ()
    try:
        handle = psutil.Process(process.pid)
        if handle.create_time() == process.created:
            cwd = handle.cwd()
            files = tuple(file.path for file in handle.open_files()) if found.tool == "codex" else ()
    except (psutil.Error, OSError):
        pass
    detailed = Process(
        process.pid,
        process.parent,
        process.created,
        process.exe,
        process.argv,
        cwd,
        files,
        start_ticks(process.pid),
    )
    return Match(detailed, found.tool, found.role, found.session_id)


def start_ticks(pid: int) -> str | None:
    """Field 22 of Linux' stat: when the process started, in ticks since the machine did."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
        return stat.rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
