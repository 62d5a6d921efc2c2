"""From a ledger to what an agent would report of the session."""

from datetime import timedelta
from random import Random

from llm_session_manager import protocol
from services.demo.ledger import Ledger

MEMORY_BYTES = (900, 7000)


def facts(ledger: Ledger) -> protocol.Session:
    """State the session as it is, with what its tool does not record left out."""
    plot, counts = ledger.plot, ledger.counts
    last_at = ledger.moment_at(ledger.touched_at)
    return protocol.Session(
        tool=plot.kit.tool,
        native_id=plot.native_id,
        tool_version=plot.kit.version,
        title=plot.task.title,
        title_source="tool",
        project=plot.project.name,
        directory=f"~/src/{plot.project.name}",
        repository=plot.project.repository,
        branch=plot.task.branch,
        hostname=plot.person.hostname,
        model=plot.model.name,
        status=ledger.status,
        status_reason=ledger.reason,
        status_source="transcript",
        started_at=plot.started_at,
        last_activity_at=last_at,
        ended_at=last_at if ledger.status == "ended" else None,
        active_seconds=int(ledger.active),
        provenance="unknown" if plot.kit.books == "context" else "exact",
        context_used=ledger.context,
        context_window=plot.model.window,
        user_messages=counts["prompts"],
        assistant_messages=counts["answers"],
        tool_calls=ledger.calls.total(),
        errors=ledger.failures.total(),
        refusals=counts["refusals"],
        api_errors=counts["api_errors"],
        compactions=counts["compactions"],
        longest_repeat=ledger.longest_repeat,
        usage=_usage(ledger),
        tools=tuple(
            protocol.ToolUse(name=name, calls=calls, errors=ledger.failures[name])
            for name, calls in sorted(ledger.calls.items())
        ),
        error_categories=dict(ledger.categories),
        files=_files(ledger),
        files_changed=len(ledger.files),
        commits=tuple(ledger.commits),
        pull_requests=tuple(ledger.pulls),
        subagents=_subagents(ledger),
        memories=_memories(ledger),
    )


def _usage(ledger: Ledger) -> tuple[protocol.Usage, ...]:
    written = ledger.plot.kit.books == "written"
    return tuple(
        protocol.Usage(
            at=at,
            model=ledger.plot.model.name,
            band=band,
            calls=spent["calls"],
            input=spent["input"],
            output=spent["output"],
            cache_read=spent["cache_read"],
            cache_write_5m=spent["cache_write_5m"],
            cache_write_1h=spent["cache_write_1h"],
            reasoning=None if written else spent["reasoning"],
        )
        for (at, band), spent in sorted(ledger.usage.items())
    )


def _files(ledger: Ledger) -> tuple[protocol.FileChange, ...]:
    return tuple(
        protocol.FileChange(
            path=path,
            change=edits[0][0].change,
            edits=len(edits),
            added=sum(edit.added for edit, _at in edits),
            removed=sum(edit.removed for edit, _at in edits),
            last_at=edits[-1][1],
        )
        for path, edits in sorted(ledger.files.items())
    )


def _subagents(ledger: Ledger) -> tuple[protocol.SubAgent, ...]:
    return tuple(
        protocol.SubAgent(
            id=lane,
            kind=helper.kind,
            model=ledger.plot.model.name,
            status=helper.status,
            tool_calls=helper.tool_calls,
            tokens=helper.tokens,
            started_at=helper.started_at,
            last_activity_at=helper.last_at,
        )
        for lane, helper in ledger.helpers.items()
    )


def _memories(ledger: Ledger) -> tuple[protocol.Memory, ...]:
    """The project's instruction file is one for all of its sessions."""
    plot = ledger.plot
    draw = Random(f"{plot.project.name}/{plot.kit.memory}")
    size = draw.randint(*MEMORY_BYTES)
    written_at = plot.started_at.replace(hour=6, minute=0, second=0) - timedelta(days=draw.randint(3, 60))
    memory = protocol.Memory(
        name=plot.kit.memory, scope="project", bytes=size, lines=size // 42, modified_at=written_at
    )
    return (memory,)
