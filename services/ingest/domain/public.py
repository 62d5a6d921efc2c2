"""What of a session a reader of its public page may see.

Its figures and course: never who works on it, on which machine, what people say of it (note, tags), nor
anything of other sessions. A path that leads outside the project keeps its last name only. Where the machine
shares contents, words of people and texts made from them are withheld: they were shared with the team.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from llm_session_manager import protocol
from services.contracts.health import Factor
from services.contracts.prices import dollars
from services.contracts.sessions import CostBasis, Health, Instant, Messages, Session, Shape, Tokens
from services.ingest.domain.views import Row, fact, from_json

_OUTSIDE = re.compile(r"(?:/|~|[A-Za-z]:[\\/]|\\\\|file:)")
_SEPARATOR = re.compile(r"[\\/]")
NETWORKS = {4: 24, 6: 48}
SAME = (
    "tool", "tool_version", "project", "repository", "branch", "model", "status", "provenance",
    "incomplete_calls", "unpriced_models", "health", "tokens", "cost_usd", "cost_basis", "messages",
    "tool_calls", "errors", "refusals", "api_errors", "compactions", "files_changed", "commits", "tier",
    "started_at", "last_activity_at", "ended_at", "updated_at",
)  # fmt: skip


class PublicStep(Shape):
    """15 minutes from `at`."""

    at: Instant
    model: str | None
    input: int
    output: int
    cache_read: int
    cache_write: int
    cost_usd: float | None


class PublicEvent(Shape):
    at: Instant
    kind: protocol.EventKind
    in_sub_agent: bool
    name: str | None
    outcome: protocol.Outcome | None
    category: str | None
    duration_ms: int | None
    tokens: int | None
    context_used: int | None
    detail: str | None


class PublicSubAgent(Shape):
    kind: str | None
    model: str | None
    status: str | None
    tool_calls: int
    tokens: int | None
    started_at: Instant | None
    last_activity_at: Instant | None


class PublicSession(Shape):
    """A session as anybody sees it who has the link; `null` is what is not known, or not for everybody."""

    title: str | None
    tool: protocol.Tool
    tool_version: str | None
    project: str | None
    repository: str | None
    branch: str | None
    model: str | None
    status: protocol.Status
    provenance: protocol.Provenance
    incomplete_calls: int
    unpriced_models: list[str]
    health: Health | None
    factors: list[Factor]
    tokens: Tokens
    cost_usd: float | None
    cost_basis: CostBasis
    messages: Messages
    tool_calls: int | None
    errors: int | None
    refusals: int | None
    api_errors: int | None
    compactions: int | None
    files_changed: int | None
    commits: int | None
    tier: protocol.Tier | None
    started_at: Instant | None
    last_activity_at: Instant | None
    ended_at: Instant | None
    updated_at: Instant
    expires_at: Instant
    usage: list[PublicStep]
    tools: list[protocol.ToolUse]
    changed_files: list[protocol.FileChange]
    made_commits: list[protocol.Commit]
    sub_agents: list[PublicSubAgent]
    events: list[PublicEvent]
    events_left_out: bool


def public_facts(session: Session, row: Row) -> dict[str, Any]:
    """The fields of a `PublicSession` that a session's own row has."""
    # A title that the tool made from contents is words of a person; one that its owner gave is not.
    title = row["own_title"] if withholds(row) else session.title
    own = {name: getattr(session, name) for name in SAME} | {"title": title}
    agents = [from_json(protocol.SubAgent, one) for one in row["subagents"]]
    own["sub_agents"] = [
        PublicSubAgent(**{name: getattr(agent, name) for name in PublicSubAgent.model_fields})
        for agent in agents
    ]
    own["tools"] = [protocol.ToolUse(**one) for one in row["tools"]]
    return own


def withholds(row: Row) -> bool:
    """Whether the machine shares contents with its team, which are not for everybody."""
    return bool(row["tier"] == "content")


def public_event(row: Row, *, withheld: bool) -> PublicEvent:
    event = from_json(protocol.Event, row["body"])
    said = event.detail if event.kind in {"commit", "pull_request"} or not withheld else None
    shown = PublicEvent.model_fields.keys() - {"in_sub_agent", "detail"}
    return PublicEvent(
        **{name: getattr(event, name) for name in shown},
        in_sub_agent=event.lane is not None,
        detail=public_path(said) if said else None,
    )


def public_file(row: Row) -> protocol.FileChange:
    return fact(protocol.FileChange, {**row, "path": public_path(row["path"])})


def public_steps(rows: Iterable[Row]) -> list[PublicStep]:
    counted = ("at", "input", "output", "cache_read")
    return [
        PublicStep(
            **{name: row[name] for name in counted},
            model=row["model"] or None,
            cache_write=row["cache_write_5m"] + row["cache_write_1h"],
            cost_usd=dollars(row["cost_pico"]),
        )
        for row in rows
    ]


def public_path(text: str) -> str:
    """The text, but of a path outside the project its last name alone: homes bear people's names."""
    if not _OUTSIDE.match(text):
        return text
    names = [name for name in _SEPARATOR.split(text) if name]
    return f"…/{names[-1]}" if names else "…"


def network_of(host: str) -> str:
    """Where somebody comes from, not who they are: the address without its last part."""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return str(ip_network(f"{address}/{NETWORKS[address.version]}", strict=False))
