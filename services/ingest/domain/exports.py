"""A session as its machine exported it, for people to read."""

from collections.abc import Iterable, Iterator

from llm_session_manager import protocol
from llm_session_manager.protocol.commands import SessionExport
from services.contracts.sessions import instant_text
from services.ingest.domain.markdown import plain

FACTS = (
    ("Tool", "tool"), ("Version", "tool_version"), ("Model", "model"), ("Project", "project"),
    ("Directory", "directory"), ("Repository", "repository"), ("Branch", "branch"), ("Machine", "hostname"),
    ("Status", "status"), ("Messages of the person", "user_messages"), ("Answers", "assistant_messages"),
    ("Tool calls", "tool_calls"), ("Failed", "errors"), ("Compactions", "compactions"),
)  # fmt: skip


def as_markdown(export: SessionExport) -> str:
    """Everything of the export but its bookkeeping. What it quotes is text, never markup."""
    session = export.session
    return "\n".join(
        [
            f"# {plain(session.title or session.native_id)}",
            "",
            f"Exported {instant_text(export.exported_at)} at the tier {export.tier}.",
            "",
            *_list(_facts(session)),
            *_section("Tokens", _tokens(session)),
            *_section("Commits", map(_commit, session.commits)),
            *_section("Files", map(_file, session.files)),
            *_section("Timeline", _timeline(export)),
        ]
    )


def _facts(session: protocol.Session) -> Iterator[str]:
    for label, name in FACTS:
        if (value := getattr(session, name)) is not None:
            yield f"{label}: {plain(str(value))}"
    for label, at in (("Started", session.started_at), ("Last activity", session.last_activity_at)):
        if at is not None:
            yield f"{label}: {instant_text(at)}"


def _tokens(session: protocol.Session) -> Iterator[str]:
    if not session.usage:
        return
    for label, names in (
        ("Input", ("input",)),
        ("Output", ("output",)),
        ("Cache read", ("cache_read",)),
        ("Cache write", ("cache_write_5m", "cache_write_1h")),
    ):
        yield f"{label}: {sum(getattr(use, name) for use in session.usage for name in names)}"


def _commit(commit: protocol.Commit) -> str:
    return f"{plain(commit.sha[:12])} {plain(commit.subject or '')}".rstrip()


def _file(change: protocol.FileChange) -> str:
    lines = "" if change.added is None else f" (+{change.added} −{change.removed or 0})"
    return f"{change.change} {plain(change.path)}{lines}"


def _timeline(export: SessionExport) -> Iterator[str]:
    if export.events_left_out:
        yield f"{export.events_left_out} earlier steps are left out."
    for event in export.events:
        parts = (event.kind, event.name, event.outcome, event.detail)
        yield f"{instant_text(event.at)} {' · '.join(plain(part) for part in parts if part)}"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = list(_list(lines))
    if listed:
        yield from (f"## {title}", "", *listed)


def _list(lines: Iterable[str]) -> Iterator[str]:
    items = [f"* {line}" for line in lines]
    if items:
        yield from (*items, "")
