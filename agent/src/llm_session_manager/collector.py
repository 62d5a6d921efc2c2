"""From changed files to the spool: read, tell the status, redact, write."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from llm_session_manager import protocol
from llm_session_manager.redact import Redaction
from llm_session_manager.sources import Cursor, Problem, Snapshot, Source
from llm_session_manager.spool.faults import SpoolUnavailableError
from llm_session_manager.spool.store import Entry, Spool
from llm_session_manager.status import Decision, Evidence, decide
from llm_session_manager.traces import Trace, pack_events, trace, unpack_events
from llm_session_manager.trimming import fitted

log = logging.getLogger(__name__)

CLOSED = "closed from the dashboard"
LAST_WORDS = timedelta(seconds=5)


class Witness(Protocol):
    """Says what this machine's processes tell about sessions. Blocking; never raises."""

    def look(self, sessions: Mapping[str, Trace]) -> Mapping[str, Evidence]:
        """The evidence for these sessions; what is missing in it cannot be seen."""


class Collector:
    """Follows all sessions of the given sources. Blocking; one caller at a time.

    What could not be written is never lost: its bytes are read again from the cursors that the spool holds.
    """

    def __init__(
        self,
        open_sources: Callable[[Mapping[Path, Cursor]], Sequence[Source]],
        spool: Spool,
        witness: Witness,
        redaction: Redaction,
        *,
        hostname: str,
        header_bytes: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._open, self._spool, self._witness, self._redaction = open_sources, spool, witness, redaction
        self._hostname, self._header_bytes, self._now = hostname, header_bytes, now
        self._sources: Sequence[Source] = ()
        self._traces: dict[str, Trace] = {}
        self._complete = False

    def refresh(self, changed: Collection[Path] | None = None) -> int:
        """Read what is new, everywhere if `changed` is None; gives the number of rows it made waiting.

        After a failed write everything is read again, from what the spool knows.
        """
        first = not self._complete
        if first:
            self._sources, changed = self._open(self._spool.cursors()), None
        fresh: dict[str, bytes] = {}
        for source in self._sources:
            for snapshot in source.refresh(changed):
                fresh[self._follow(snapshot, first=first)] = self._packed(snapshot)
        return self._write(fresh, rescanned=changed is None)

    def reconsider(self) -> int:
        """Tell the statuses anew, from processes and age; gives the number of rows it made waiting."""
        return self._write({}, rescanned=False) if self._complete else 0

    def reset(self) -> int:
        """Read everything anew from the cursors of the spool."""
        self._complete = False
        return self.refresh()

    def folders(self) -> list[Path]:
        """What to watch, as it exists now."""
        return sorted({folder for source in self._sources for folder in source.folders()})

    def problems(self) -> list[Problem]:
        """What could not be read, as last seen."""
        return [problem for source in self._sources for problem in source.problems()]

    def sessions(self) -> Iterator[protocol.Session]:
        """All sessions as they are known now, redacted as they would be sent."""
        evidence = self._witness.look(self._traces)
        for key, one in self._traces.items():
            yield self._redaction.session(self._told(one, self._decide(one, evidence.get(key))))

    def held(self) -> Mapping[str, Trace]:
        """What is known of each session, by its key in the spool."""
        return self._traces

    def renew(self, key: str) -> int:
        """Read what is new, and have this session told again though it be the same."""
        written = self.refresh()
        self._spool.renew(key)
        return written + self._write({key: pack_events(())}, rescanned=False)

    def closed(self, key: str) -> int:
        """Its process was ended here: tell so at once."""
        if key in self._traces:
            self._traces[key].closed_at = self._now()
        return self.reconsider()

    def export(self, key: str) -> tuple[protocol.Session, list[protocol.Event]] | None:
        """A session and its whole timeline, oldest first, as they may leave; reads its files anew.

        Others may use the collector meanwhile.
        """
        one = self._traces.get(key)
        if one is None:
            return None
        told = Decision(one.status or "idle", one.reason, "transcript")
        facts = self._redaction.session(self._told(one, told))
        events = [
            self._redaction.event(event)
            for source in self._open({})
            if source.tool == one.tool
            for snapshot in source.refresh(one.files)
            if snapshot.facts.native_id == one.native_id
            for event in snapshot.events
        ]
        return fitted(facts, self._header_bytes), sorted(events, key=lambda event: event.at)

    def _follow(self, snapshot: Snapshot, *, first: bool) -> str:
        key = f"{snapshot.facts.tool}:{snapshot.facts.native_id}"
        before = self._traces.get(key)
        grew = before is not None and not first and bool(snapshot.events)
        self._traces[key] = trace(snapshot, before, self._now() if grew else None)
        return key

    def _packed(self, snapshot: Snapshot) -> bytes:
        return pack_events(self._redaction.event(event) for event in snapshot.events)

    def _write(self, fresh: Mapping[str, bytes], *, rescanned: bool) -> int:
        evidence = self._witness.look(self._traces)
        decisions = {key: self._decide(one, evidence.get(key)) for key, one in self._traces.items()}
        due = [key for key, told in decisions.items() if key in fresh or _differs(self._traces[key], told)]
        if not due and not rescanned:
            return 0
        cursors = {path: at for source in self._sources for path, at in source.cursors().items()}
        try:
            written = self._spool.record(self._entries(due, decisions, fresh), cursors)
        except SpoolUnavailableError as error:
            self._complete = False
            log.warning("Nothing can be written to the spool (%s); the next scan tries again.", error)
            return 0
        for key in due:
            self._traces[key].status, self._traces[key].reason = decisions[key].status, decisions[key].reason
        self._complete = True
        return written

    def _entries(
        self, due: Sequence[str], decisions: Mapping[str, Decision], fresh: Mapping[str, bytes]
    ) -> Iterator[Entry]:
        for key in due:
            facts = self._redaction.session(self._told(self._traces[key], decisions[key]))
            events = unpack_events(fresh[key]) if key in fresh else []
            yield Entry(fitted(facts, self._header_bytes), events)

    def _decide(self, one: Trace, seen: Evidence | None) -> Decision:
        seen = seen or Evidence("unseen")
        one.matched |= seen.life == "running"
        if seen.life == "gone" and one.grew_at is not None and not one.matched:
            # It grows, and no process of this machine does it: a container, a virtual machine, another host.
            seen = Evidence("unseen")
        times = [at for at in (one.last_activity_at, one.grew_at) if at is not None]
        if one.closed_at is not None and seen.life != "running":
            # What the tool writes as it ends is no new life.
            if max(times, default=one.closed_at) <= one.closed_at + LAST_WORDS:
                return Decision("ended", CLOSED, "process")
            one.closed_at = None
        return decide(one.tail, seen, max(times, default=None), self._now())

    def _told(self, one: Trace, decision: Decision) -> protocol.Session:
        facts = one.facts()
        return facts.model_copy(
            update={
                "hostname": facts.hostname or self._hostname,
                "status": decision.status,
                "status_reason": decision.reason,
                "status_source": decision.source,
                "ended_at": facts.last_activity_at if decision.status == "ended" else None,
            }
        )


def _differs(one: Trace, told: Decision) -> bool:
    return (one.status, one.reason) != (told.status, told.reason)
