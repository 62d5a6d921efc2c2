"""The facts of one Codex thread, as they are reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import statuses, steps, values
from llm_session_manager.sources.calls import Ledger, Names
from llm_session_manager.sources.codex.tail import tail
from llm_session_manager.sources.codex.thread import Thread
from llm_session_manager.sources.codex.titles import Titles
from llm_session_manager.sources.memories import Memories, Scope
from llm_session_manager.sources.places import Place, Places
from llm_session_manager.sources.values import moment

_CHILD_STATUS = {"finished": "completed", "interrupted": "interrupted", "api_error": "failed"}


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds facts and nothing else."""

    names: Names
    places: Places
    memories: Memories
    tier: protocol.Tier

    def build(
        self, thread: Thread, children: Sequence[Thread], home: Path, titles: Titles, now: datetime
    ) -> protocol.Session:
        """The whole thread as it is now; `children` are those it spawned."""
        meta, record, named = thread.meta, thread.record, self.tier != "counts"
        place = self.places.of(meta.directory)
        started = moment(thread.times[0]) if thread.times else None
        title, source = self._title(thread, titles, place, started)
        return protocol.Session(
            tool="codex",
            native_id=meta.native_id,
            parent_native_id=meta.parent,
            tool_version=meta.version,
            title=title,
            title_source=source,
            project=place.project if named else None,
            directory=meta.directory if named else None,
            repository=(meta.repository or place.repository) if named else None,
            branch=meta.branch if named else None,
            model=self.names[record.model],
            status=statuses.status(tail(record), now),
            status_source="transcript",
            started_at=started,
            last_activity_at=moment(thread.times[-1]) if thread.times else None,
            active_seconds=steps.active_seconds(thread.times),
            context_used=self._context(thread),
            context_window=record.window or None,
            skipped_lines=record.skipped + thread.oversized,
            **self._usage(thread, now),
            **_counts(thread),
            **steps.tool_counts(thread.tools, thread.results),
            **steps.work(thread.edits(), thread.commits(), thread.pulls(), named=named),
            subagents=tuple(self._subagent(child) for child in children)[-steps.MOST_SUBAGENTS :],
            memories=self._memories(thread, home) if named else (),
        )

    def _usage(self, thread: Thread, now: datetime) -> dict[str, Any]:
        ledger = Ledger(self.names, values.micros(now.isoformat()) or 0, with_reasoning=True)
        for one in thread.spent():
            ledger.add(one.call, one.band)
        return {"usage": ledger.usage(), "provenance": "exact" if thread.counted else "unknown"}

    def _context(self, thread: Thread) -> int | None:
        record = thread.record
        compacted = max(record.compactions(), default=-1)
        return record.context or None if record.context_line > compacted else None

    def _title(
        self, thread: Thread, titles: Titles, place: Place, started: datetime | None
    ) -> tuple[Any, Any]:
        if self.tier == "counts":
            return None, None
        made = titles.title(thread.meta.native_id, thread.record.first_prompt)
        if made:
            return made, "tool"
        said = next((prompt.words for prompt in thread.prompts if prompt.words), None)
        if said:
            return said, "prompt"
        return statuses.place_title(place.project, thread.meta.branch, started), "place"

    def _subagent(self, child: Thread) -> protocol.SubAgent:
        return protocol.SubAgent(
            id=child.meta.native_id,
            kind=child.meta.role,
            model=self.names[child.record.model],
            status=_CHILD_STATUS.get(child.record.tail),
            tool_calls=len(child.tools),
            tokens=sum(one.call.tokens for one in child.spent()) if child.counted else None,
            started_at=moment(child.times[0]) if child.times else None,
            last_activity_at=moment(child.times[-1]) if child.times else None,
        )

    def _memories(self, thread: Thread, home: Path) -> tuple[protocol.Memory, ...]:
        files: list[tuple[str, Scope, Path]] = [("~/AGENTS.md", "user", home / "AGENTS.md")]
        start = Path(thread.meta.directory or "")
        if start.is_absolute():
            files.append(("AGENTS.md", "project", start / "AGENTS.md"))
        return self.memories.of(files)


def _counts(thread: Thread) -> dict[str, Any]:
    record = thread.record
    return {
        "user_messages": len(thread.prompts),
        "assistant_messages": thread.answers,
        "api_errors": len(thread.own(record.failures)),
        "compactions": len(thread.own(record.compactions())),
    }
