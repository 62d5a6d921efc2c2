"""Reads the sessions of the Codex CLI."""

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
from llm_session_manager.sources.codex.events import Events
from llm_session_manager.sources.codex.facts import Builder
from llm_session_manager.sources.codex.files import default_homes, folders, is_rollout, precedence, rollouts
from llm_session_manager.sources.codex.lines import Reader
from llm_session_manager.sources.codex.record import Record
from llm_session_manager.sources.codex.tail import tail
from llm_session_manager.sources.codex.thread import Thread
from llm_session_manager.sources.codex.titles import Titles
from llm_session_manager.sources.folders import named_files
from llm_session_manager.sources.memories import Memories
from llm_session_manager.sources.places import Places
from llm_session_manager.sources.snapshots import Snapshots
from llm_session_manager.sources.transcripts import CompressedTranscript, Transcript, problem
from llm_session_manager.sources.values import fingerprint

__all__ = ["Codex", "default_homes"]

_NO_CURSORS: Mapping[Path, Cursor] = MappingProxyType({})


class _File:
    """A rollout, what it states, and who reads it."""

    def __init__(self, home: Path, transcript: Transcript, reader: Reader) -> None:
        self.home = home
        self.transcript = transcript
        self.reader = reader

    @property
    def record(self) -> Record:
        return self.reader.record


class _Change(NamedTuple):
    native_id: str
    due: "array[int]"


def _now() -> datetime:
    return datetime.now(UTC)


class Codex:
    """The threads in the given folders (what `CODEX_HOME` would name); one that vanishes stays as it was."""

    tool: protocol.Tool = "codex"

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
        self._standard = self._names.number("standard")
        self._places = Places()
        self._titles = {home: Titles(home) for home in self._homes}
        self._files: dict[Path, _File] = {}
        self._threads: dict[str, set[Path]] = {}
        self._children: dict[str, set[str]] = {}
        self._digests: dict[str, bytes] = {}
        self._builder = Builder(self._names, self._places, Memories(), tier)
        self._events = Events(self._names, tier)

    def folders(self) -> Sequence[Path]:
        return [folder for home in self._homes for folder in folders(home)]

    def refresh(self, changed: Collection[Path] | None = None) -> Sequence[Snapshot]:
        """As `Source.refresh`; look at the snapshots before the next call, each is built when taken out."""
        if changed is None:
            self._places.forget()
        touched: set[str] = set()
        for home in self._homes:
            files = rollouts(home) if changed is None else named_files(changed, home)
            for path in files:
                if is_rollout(path, home):
                    touched |= self._read(path, home)
            touched |= self._titles[home].refresh() & self._threads.keys()
        return Snapshots(self._changes(touched), self._snapshot)

    def cursors(self) -> Mapping[Path, Cursor]:
        return {
            path: file.transcript.cursor() for path, file in self._files.items() if file.transcript.inode >= 0
        }

    def problems(self) -> Sequence[Problem]:
        now = self._clock().timestamp()
        found = (problem(file.transcript, now) for file in self._files.values())
        return [one for one in found if one]

    def _read(self, path: Path, home: Path) -> set[str]:
        """Read what is new in a rollout; the threads that may have changed by it."""
        file = self._files.get(path)
        if file is None:
            kind = CompressedTranscript if path.suffix == ".zst" else Transcript
            transcript = kind(path, self._cursors.pop(path, None))
            file = self._files[path] = _File(home, transcript, self._reader())
        change = file.transcript.look()
        if change in ("none", "gone"):
            return set()
        touched: set[str] = set()
        if change == "replaced" or not file.transcript.head_holds():
            touched = self._drop(file)
        for start, entry in file.transcript.entries():
            file.reader.read(entry, fresh=start >= file.transcript.known)
        file.record.skipped = file.transcript.skipped
        file.record.rest(int(self._clock().timestamp() * 1_000_000))
        return touched | self._register(file)

    def _reader(self) -> Reader:
        return Reader(Record(self._names), self._names, self._tier)

    def _drop(self, file: _File) -> set[str]:
        """Take back all that a file stated: another one is in its place."""
        file.transcript.begin_again()
        meta = file.record.meta
        file.reader = self._reader()
        if meta is None:
            return set()
        self._threads.get(meta.native_id, set()).discard(file.transcript.path)
        return {meta.native_id}

    def _register(self, file: _File) -> set[str]:
        meta = file.record.meta
        if meta is None:
            return set()
        self._threads.setdefault(meta.native_id, set()).add(file.transcript.path)
        if meta.parent:
            self._children.setdefault(meta.parent, set()).add(meta.native_id)
        return {meta.native_id}

    def _chosen(self, native_id: str) -> _File | None:
        """The copy of a thread that counts."""
        paths = self._threads.get(native_id)
        return self._files[min(paths, key=precedence)] if paths else None

    def _thread(self, native_id: str) -> Thread | None:
        file = self._chosen(native_id)
        if file is None or file.record.meta is None:
            return None
        parent = self._chosen(file.record.meta.parent) if file.record.meta.parent else None
        return Thread(file.record, parent.record if parent else None, (file.transcript.path,), self._standard)

    def _spawned(self, native_id: str) -> list[Thread]:
        """The sub-agents of a thread, the latest last."""
        threads = [self._thread(child) for child in self._children.get(native_id, ())]
        found = [thread for thread in threads if thread and thread.meta.subagent]
        return sorted(found, key=lambda thread: (thread.times[-1:], thread.meta.native_id))

    def _changes(self, touched: set[str]) -> list[_Change]:
        """Of the touched threads and their nearest kin, those whose facts changed."""
        changes = [self._change(native_id) for native_id in sorted(set(self._kin(touched)))]
        return [change for change in changes if change]

    def _kin(self, touched: Iterable[str]) -> Iterator[str]:
        for native_id in touched:
            file = self._chosen(native_id)
            if file and file.record.meta:
                yield native_id
                yield from self._children.get(native_id, ())
                if file.record.meta.parent in self._threads:
                    yield file.record.meta.parent

    def _change(self, native_id: str) -> _Change | None:
        with self._view(native_id) as (thread, children):
            if thread is None:
                return None
            due = {*thread.record.fresh.take(), *self._announced(thread, children)}
            facts = self._facts(thread, children)
            digest = blake2b(facts.model_dump_json().encode(), digest_size=16).digest()
            if digest == self._digests.get(native_id) and not self._events.of(thread, children, due):
                return None
        self._digests[native_id] = digest
        return _Change(native_id, array("q", due))

    @contextmanager
    def _view(self, native_id: str) -> Iterator[tuple[Thread | None, list[Thread]]]:
        """A thread with its sub-agents to work with; what rests is put away afterwards."""
        thread, children = self._thread(native_id), self._spawned(native_id)
        yield thread, children
        parent = self._chosen(thread.meta.parent) if thread and thread.meta.parent else None
        now = int(self._clock().timestamp() * 1_000_000)
        for record in [one.record for one in (thread, parent, *children) if one]:
            record.rest(now)

    def _announced(self, thread: Thread, children: Sequence[Thread]) -> set[int]:
        """The sub-agents that a thread's timeline does not show yet."""
        new = [child for child in children if child.meta.native_id not in thread.record.announced]
        thread.record.announced.update(child.meta.native_id for child in new)
        unknown = [child for child in new if self._files[child.files[0]].transcript.known == 0]
        return {fingerprint(child.meta.native_id) for child in unknown}

    def _snapshot(self, change: _Change) -> Snapshot:
        with self._view(change.native_id) as (thread, children):
            assert thread is not None
            return Snapshot(
                facts=self._facts(thread, children),
                tail=tail(thread.record),
                events=self._events.of(thread, children, set(change.due)),
                files=thread.files,
                start_directory=thread.meta.directory,
            )

    def _facts(self, thread: Thread, children: Sequence[Thread]) -> protocol.Session:
        home = self._files[thread.files[0]].home
        return self._builder.build(thread, children, home, self._titles[home], self._clock())
