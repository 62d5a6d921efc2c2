"""Reads the sessions of Claude Code."""

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from llm_session_manager import protocol
from llm_session_manager.sources import Cursor, Problem, Snapshot
from llm_session_manager.sources.calls import Names
from llm_session_manager.sources.claude_code.events import Events
from llm_session_manager.sources.claude_code.facts import Builder, last_tail, start_directory
from llm_session_manager.sources.claude_code.files import (
    Kind,
    agent_kind,
    default_homes,
    kind_of,
    projects,
    transcripts,
)
from llm_session_manager.sources.claude_code.lines import Reader
from llm_session_manager.sources.claude_code.owners import Owners
from llm_session_manager.sources.claude_code.record import Record
from llm_session_manager.sources.claude_code.session import Session
from llm_session_manager.sources.claude_code.view import View
from llm_session_manager.sources.folders import named_files
from llm_session_manager.sources.memories import Memories
from llm_session_manager.sources.places import Places
from llm_session_manager.sources.snapshots import Snapshots
from llm_session_manager.sources.transcripts import Transcript, problem

__all__ = ["ClaudeCode", "default_homes"]

_NO_CURSORS: Mapping[Path, Cursor] = MappingProxyType({})


class _File:
    """A transcript, what it states, and who reads it."""

    def __init__(self, kind: Kind, transcript: Transcript, record: Record) -> None:
        self.kind = kind
        self.transcript = transcript
        self.record = record
        self.reader: Reader | None = None


class _Change(NamedTuple):
    session: Session
    due: "array[int]"


def _now() -> datetime:
    return datetime.now(UTC)


class ClaudeCode:
    """The sessions in the given folders (what `CLAUDE_CONFIG_DIR` would name).

    A file that vanishes leaves its session as it was: the tool deletes old transcripts.
    """

    tool: protocol.Tool = "claude-code"

    def __init__(
        self,
        homes: Sequence[Path],
        cursors: Mapping[Path, Cursor] = _NO_CURSORS,
        tier: protocol.Tier = "metadata",
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._homes = [Path(home).absolute() for home in homes]
        self._cursors = dict(cursors)
        self._tier: protocol.Tier = tier
        self._clock = clock
        self._names = Names()
        self._details = Names(most=1_000_000)
        self._owners = Owners()
        self._places = Places()
        self._kinds: dict[str, str] = {}
        self._files: dict[Path, _File] = {}
        self._sessions: dict[str, Session] = {}
        self._numbered: dict[int, Session] = {}
        self._builder = Builder(self._names, self._places, Memories(), tier, self._kinds)
        self._events = Events(self._names, tier)

    def folders(self) -> Sequence[Path]:
        return [folder for home in self._homes if (folder := projects(home))]

    def refresh(self, changed: Collection[Path] | None = None) -> Sequence[Snapshot]:
        """As `Source.refresh`; look at the snapshots before the next call, each is built when taken out."""
        if changed is None:
            self._places.forget()
        touched: set[int] = set()
        for path, kind in self._candidates(changed):
            touched |= self._read(path, kind)
        return Snapshots(self._changes(touched), self._snapshot)

    def cursors(self) -> Mapping[Path, Cursor]:
        return {
            path: file.transcript.cursor() for path, file in self._files.items() if file.transcript.inode >= 0
        }

    def problems(self) -> Sequence[Problem]:
        now = self._clock().timestamp()
        found = (problem(file.transcript, now, file.record.oversized) for file in self._files.values())
        return [one for one in found if one]

    def _candidates(self, changed: Collection[Path] | None) -> Iterable[tuple[Path, Kind]]:
        for home in self._homes:
            files = transcripts(home) if changed is None else named_files(changed, home)
            for path in files:
                kind = kind_of(path, home)
                if kind:
                    yield path, kind

    def _read(self, path: Path, kind: Kind) -> set[int]:
        """Read what is new in a file; the sessions that may have changed by it."""
        file = self._files.get(path)
        if file is None:
            file = self._files[path] = _File(
                kind, Transcript(path, self._cursors.pop(path, None)), self._record()
            )
        change = file.transcript.look()
        if change in ("none", "gone"):
            return set()
        touched: set[int] = set()
        if change == "replaced" or not file.transcript.head_holds():
            touched = self._drop(file)
        reader = file.reader or self._reader(file)
        if file.kind.agent and file.kind.agent not in self._kinds and (kind_name := agent_kind(path)):
            self._kinds[file.kind.agent] = kind_name
        for start, entry in file.transcript.entries():
            if reader.session is None:
                self._attach(file, reader, kind.session or entry.get("sessionId"))
            reader.read(entry, fresh=start >= file.transcript.known)
        file.record.skipped = file.transcript.skipped
        file.record.rest(self._now())
        return touched if reader.session is None else touched | {reader.session}

    def _record(self) -> Record:
        return Record(self._names, self._details)

    def _reader(self, file: _File) -> Reader:
        lane = 0
        if file.kind.agent:
            lane = self._names.number(file.kind.agent)
        file.reader = Reader(file.record, self._names, self._owners, lane, self._tier)
        return file.reader

    def _attach(self, file: _File, reader: Reader, native_id: object) -> None:
        name = protocol_key(native_id)
        if name is None:
            return
        session = self._sessions.get(name)
        if session is None:
            session = Session(name, self._owners.register(name))
            self._sessions[name] = self._numbered[session.number] = session
        (session.agents if file.kind.agent else session.main)[file.transcript.path] = file.record
        reader.attach(session.number)

    def _drop(self, file: _File) -> set[int]:
        """Take back all that a file stated: another one is in its place."""
        file.transcript.begin_again()
        record, reader = file.record, file.reader
        file.record, file.reader = self._record(), None
        if reader is None or reader.session is None:
            return set()
        session = self._numbered[reader.session]
        self._owners.forget(record.keys(), session.number)
        session.main.pop(file.transcript.path, None)
        session.agents.pop(file.transcript.path, None)
        for other in self._files.values():
            if other.reader and other.reader.session == session.number and other is not file:
                other.reader.attach(session.number)
        return {session.number} | self._owners.peers(session.number)

    def _changes(self, touched: set[int]) -> list[_Change]:
        """Of the touched sessions and those that share lines with them, the ones whose facts changed."""
        wider = set(touched)
        for number in touched:
            self._owners.started(number, self._numbered[number].first)
        for number in touched:
            wider |= self._owners.peers(number)
        changes = [self._change(self._numbered[number]) for number in sorted(wider)]
        return [change for change in changes if change]

    def _change(self, session: Session) -> _Change | None:
        if not any(record.is_session for record in session.records):
            return None
        due = array("q", (key for record in session.records for key in record.fresh.take()))
        with self._view(session) as view:
            facts = self._builder.build(view, self._home(session), self._clock())
            digest = blake2b(facts.model_dump_json().encode(), digest_size=16).digest()
            if digest == session.digest and not self._events.of(view, due):
                return None
        session.digest = digest
        return _Change(session, due)

    def _snapshot(self, change: _Change) -> Snapshot:
        session = change.session
        with self._view(session) as view:
            return Snapshot(
                facts=self._builder.build(view, self._home(session), self._clock()),
                tail=last_tail(session),
                events=self._events.of(view, change.due),
                files=session.files,
                start_directory=start_directory(session),
            )

    @contextmanager
    def _view(self, session: Session) -> Iterator[View]:
        """A view to work with; what rests is put away afterwards."""
        yield View(session, self._owners, self._numbered)
        now = self._now()
        for number in {session.number, *self._owners.peers(session.number)}:
            for record in self._numbered[number].records:
                record.rest(now)

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1_000_000)

    def _home(self, session: Session) -> Path:
        return self._files[session.files[0]].kind.home


def protocol_key(native_id: object) -> str | None:
    """A session's id as it can be reported."""
    text = native_id if isinstance(native_id, str) else ""
    return text if 0 < len(text) <= 128 and text.isprintable() else None
