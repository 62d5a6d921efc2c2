"""The facts of one Claude Code session, as they are reported."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import Tail, statuses, steps, values
from llm_session_manager.sources.calls import Ledger, Names, unpacked
from llm_session_manager.sources.claude_code.owners import NEVER
from llm_session_manager.sources.claude_code.session import Session
from llm_session_manager.sources.claude_code.tail import tail
from llm_session_manager.sources.claude_code.view import View
from llm_session_manager.sources.memories import MOST_MEMORIES, Memories, Scope
from llm_session_manager.sources.places import Place, Places
from llm_session_manager.sources.values import moment

WINDOW, LARGE_WINDOW = 200_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds facts and nothing else; `homes` hold the person's own instruction files."""

    names: Names
    places: Places
    memories: Memories
    tier: protocol.Tier
    kinds: Mapping[str, str]

    def build(self, view: View, home: Path, now: datetime) -> protocol.Session:
        """The whole session as it is now."""
        session, times = view.session, view.times()
        directory = start_directory(session)
        place = self.places.of(directory)
        end = last_tail(session)
        started = moment(times[0]) if times else None
        branch = _last([record.branch for record in session.main_records])
        named = self.tier != "counts"
        title, title_source = self._title(view, place, branch, started)
        return protocol.Session(
            tool="claude-code",
            native_id=session.native_id,
            parent_native_id=view.copied_from(),
            tool_version=_last([record.version for record in reversed(session.records)]),
            title=title,
            title_source=title_source,
            project=place.project if named else None,
            directory=directory if named else None,
            repository=place.repository if named else None,
            branch=branch if named else None,
            status=statuses.status(end, now),
            status_source="transcript",
            started_at=started,
            last_activity_at=moment(times[-1]) if times else None,
            active_seconds=steps.active_seconds(times),
            provenance="exact",
            skipped_lines=sum(record.skipped + record.oversized for record in session.records),
            memories=self._memories(session, home) if named else (),
            **self._usage(view, now),
            **_counts(view),
            **steps.work(
                view.edits(),
                (commit for _, commit in view.commits()),
                (pull for _, pull in view.pulls()),
                named=named,
            ),
            subagents=self._subagents(view),
        )

    def _usage(self, view: View, now: datetime) -> dict[str, Any]:
        session = view.session
        ledger = Ledger(self.names, values.micros(now.isoformat()) or 0)
        for call in view.calls.values():
            ledger.add(unpacked(call))
        last = session.last_call
        compacted = max((record.last_compaction for record in session.main_records), default=-NEVER)
        model = self.names[last.model if last else _lane_model(session)]
        largest = max((record.largest_prompt for record in session.main_records), default=0)
        large = largest > WINDOW or (model or "").endswith("[1m]")
        return {
            "usage": ledger.usage(),
            "incomplete_calls": ledger.incomplete,
            "model": model,
            "context_used": last.context if last and last.at >= compacted else None,
            "context_window": (LARGE_WINDOW if large else WINDOW) if last else None,
        }

    def _title(
        self, view: View, place: Place, branch: str | None, started: datetime | None
    ) -> tuple[Any, Any]:
        if self.tier == "counts":
            return None, None
        made = tool_title(view)
        if made:
            return made, "tool"
        words, prompts = view.own("words"), view.own("prompts")
        if words:
            return words[min(words, key=lambda key: (prompts[key], key))], "prompt"
        return statuses.place_title(place.project, branch, started), "place"

    def _memories(self, session: Session, home: Path) -> tuple[protocol.Memory, ...]:
        project = next((path.parent for path in sorted(session.main)), None)
        start = start_directory(session)
        local = Path(start) if start and Path(start).is_absolute() else None
        files: list[tuple[str, Scope, Path]] = [("~/CLAUDE.md", "user", home / "CLAUDE.md")]
        if local and local != home:
            files += [
                ("CLAUDE.md", "project", local / "CLAUDE.md"),
                (".claude/CLAUDE.md", "project", local / ".claude" / "CLAUDE.md"),
                ("CLAUDE.local.md", "local", local / "CLAUDE.local.md"),
            ]
        kept = sorted((project / "memory").glob("*.md"))[:MOST_MEMORIES] if project else []
        return self.memories.of([*files, *((f"memory/{file.name}", "local", file) for file in kept)])

    def _subagents(self, view: View) -> tuple[protocol.SubAgent, ...]:
        results = view.agent_results()
        if not results and not any(record.lanes for record in view.records):
            return ()
        spent, used = Counter[int](), Counter(tool.lane for tool in view.tools.values())
        for call in map(unpacked, view.calls.values()):
            spent[call.lane] += call.tokens
        agents = {}
        for record in view.records:
            for number, lane in record.lanes.items():
                identity = self.names[number]
                if identity:
                    result = results.get(identity)
                    agents[identity] = protocol.SubAgent(
                        id=identity,
                        kind=self.kinds.get(identity) or (result.kind if result else None),
                        model=self.names[lane.model],
                        status=result.status if result else None,
                        tool_calls=used[number],
                        tokens=spent[number],
                        started_at=moment(lane.first) if lane.first != NEVER else None,
                        last_activity_at=moment(lane.last) if lane.first != NEVER else None,
                    )
        for identity, result in results.items():
            agents.setdefault(
                identity,
                protocol.SubAgent(
                    id=identity,
                    kind=result.kind,
                    model=None,
                    status=result.status,
                    tool_calls=result.tool_calls,
                    tokens=None,
                    started_at=None,
                    last_activity_at=moment(result.at),
                ),
            )
        latest = sorted(agents.values(), key=lambda agent: (agent.last_activity_at or moment(0), agent.id))
        return tuple(latest[-steps.MOST_SUBAGENTS :])


def start_directory(session: Session) -> str | None:
    """Where the session's tool was started: the directory of the first line of the main chain."""
    main = [record.directory for record in session.main_records if record.directory]
    return next(
        iter(main or [record.lane_directory for record in session.records if record.lane_directory]), None
    )


def last_tail(session: Session) -> Tail:
    tails = [tail(record) for record in session.main_records if record.tail_at is not None]
    return max(tails, key=lambda one: one.at or moment(0), default=Tail("unknown", None))


def tool_title(view: View) -> str | None:
    """The newest title that the tool made; a summary counts only if it ends in a line of this session."""
    titles: dict[str, str] = {}
    for record in view.main_records:
        titles.update(record.titles)
    made = titles.get("agent-name") or titles.get("ai-title")
    if made:
        return made
    summaries = [summary for record in view.main_records for summary in record.summaries]
    return next((title for leaf, title in reversed(summaries) if view.holds(leaf)), None)


def _counts(view: View) -> dict[str, Any]:
    return {
        "user_messages": len(view.own("prompts")),
        "assistant_messages": sum(not unpacked(call).sidechain for call in view.calls.values()),
        "api_errors": len(view.own("failures")),
        "compactions": max(len(view.own("compactions")), len(view.recaps())),
        **steps.tool_counts(view.tools, view.results),
    }


def _lane_model(session: Session) -> int:
    """The latest model of any sub-agent, for a session of which nothing else is left."""
    lanes = [lane for record in session.records for lane in record.lanes.values()]
    return max(lanes, key=lambda lane: lane.model_at).model if lanes else 0


def _last(options: list[str | None] | list[str]) -> str | None:
    return next((option for option in reversed(options) if option), None)
