"""A whole session as Markdown, for people to read."""

from collections.abc import Iterable, Iterator

from llm_session_manager import protocol
from services.contracts.sessions import Session, instant_text
from services.ingest.domain.dossier import Dossier, Step
from services.ingest.domain.markdown import heading, plain, table

UNKNOWN = "—"
SEEN_BY = {"private": "its owner alone", "team": "its team", "public": "whoever has the link"}
HOW_KNOWN = {
    "exact": "read from the tool's own record",
    "reported": "as the tool reported them",
    "billed": "as the vendor billed them",
    "estimated": "estimated",
    "unknown": "not recorded",
}
BASIS = {"api_equivalent": "at API prices; not what was billed", "billed": "as billed"}
CAPTURED = {
    "counts": "counts alone; titles, paths and messages stay on the machine",
    "metadata": "titles, paths and subjects; what people and models wrote stays on the machine",
    "content": "contents too",
}


def as_markdown(dossier: Dossier) -> str:
    """All of it, sections without content left out. What it quotes is text, never markup."""
    return "\n".join(_lines(dossier))


def _lines(dossier: Dossier) -> Iterator[str]:
    session = dossier.session
    yield from heading(plain(session.title or "Session without a title"), 1)
    yield from (f"Exported {instant_text(dossier.exported_at)}. All times are UTC.", "")
    yield from table(("", ""), _facts(session))
    yield from _section("Tokens and cost", ("", ""), _spending(session))
    yield from _section("By model", ("Model", "Calls", "Tokens", "Cost"), _models(dossier.usage))
    yield from _health(dossier)
    yield from _section("Sub-agents", ("Kind", "Model", "Tool calls", "Tokens"), _agents(dossier))
    yield from _section("Tools", ("Tool", "Calls", "Failed"), _tools(dossier))
    yield from _section("Files", ("File", "Change", "Edits", "Lines"), _files(dossier))
    yield from _section("Commits", ("Time", "Commit", "Branch", "Subject"), _commits(dossier))
    yield from _section("Pull requests", ("Time", "Pull request"), _requests(dossier))
    yield from _section("Memories", ("File", "Scope", "Lines"), _memories(dossier))
    yield from _timeline(dossier)


def _section(name: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    if lines := list(table(head, rows)):
        yield from heading(name)
        yield from lines


def _facts(session: Session) -> Iterator[tuple[str, str]]:
    tool = f"{session.tool} {session.tool_version or ''}"
    status = f"{session.status} ({session.status_reason})" if session.status_reason else session.status
    for name, text in (
        ("Person", session.username), ("Status", status), ("Tool", tool), ("Model", session.model),
        ("Project", session.project), ("Repository", session.repository), ("Branch", session.branch),
        ("Machine", session.hostname), ("Tags", ", ".join(session.tags)), ("Note", session.note),
    ):  # fmt: skip
        if text:
            yield name, plain(text)
    for name, at in (
        ("Started", session.started_at), ("Last activity", session.last_activity_at),
        ("Ended", session.ended_at),
    ):  # fmt: skip
        if at is not None:
            yield name, instant_text(at)
    yield "Seen by", SEEN_BY[session.visibility]
    if session.tier:
        yield "Captured", CAPTURED[session.tier]
    for name, count in (
        ("Prompts", session.messages.user), ("Answers", session.messages.assistant),
        ("Tool calls", session.tool_calls), ("Failed tool calls", session.errors),
        ("Of these refused by the person", session.refusals), ("Failed model calls", session.api_errors),
        ("Compactions", session.compactions), ("Files changed", session.files_changed),
    ):  # fmt: skip
        yield name, _number(count)


def _spending(session: Session) -> Iterator[tuple[str, str]]:
    tokens = session.tokens
    for name, count in (
        ("Input, not cached", tokens.input), ("Cache reads", tokens.cache_read),
        ("Cache writes", tokens.cache_write), ("Output", tokens.output),
        ("Of these reasoning", tokens.reasoning), ("Tokens in all", tokens.total),
    ):  # fmt: skip
        yield name, _number(count)
    if tokens.context_used is not None:
        yield "Context in use", f"{_number(tokens.context_used)} of {_number(tokens.context_window)}"
    yield "Cost", f"{_money(session.cost_usd)}, {BASIS[session.cost_basis]}"
    if session.unpriced_models:
        yield "Without a known price", plain(", ".join(session.unpriced_models))
    yield "Figures", f"{session.provenance}: {HOW_KNOWN[session.provenance]}"
    if session.incomplete_calls:
        yield "At least", f"{_number(session.incomplete_calls)} calls wrote more than their record says"


def _models(usage: Iterable[Step]) -> Iterator[tuple[str, str, str, str]]:
    sums: dict[str | None, list[Step]] = {}
    for step in usage:
        sums.setdefault(step.model, []).append(step)
    for model, steps in sums.items():
        costs = [step.cost_usd for step in steps]
        known = sum(cost for cost in costs if cost is not None)
        tokens = sum(
            step.input + step.output + step.cache_read + step.cache_write_5m + step.cache_write_1h
            for step in steps
        )
        cost = _money(None if None in costs else known)
        yield plain(model or "unknown"), _number(sum(step.calls for step in steps)), _number(tokens), cost


def _health(dossier: Dossier) -> Iterator[str]:
    health = dossier.session.health
    if health is None:
        return
    yield from heading("Health")
    yield from (f"{health.score:g} of 100, {health.grade}: {plain(health.top_reason)}", "")
    rows = (
        (plain(one.name), f"{one.score:g}", f"{one.weight:g}", plain(one.explanation))
        for one in dossier.factors
    )
    yield from table(("Factor", "Score", "Weight", "Why"), rows)


def _agents(dossier: Dossier) -> Iterator[tuple[str, str, str, str]]:
    for one in dossier.sub_agents:
        yield _text(one.kind), _text(one.model), _number(one.tool_calls), _number(one.tokens)


def _tools(dossier: Dossier) -> Iterator[tuple[str, str, str]]:
    for one in dossier.tools:
        yield plain(one.name), _number(one.calls), _number(one.errors)


def _files(dossier: Dossier) -> Iterator[tuple[str, str, str, str]]:
    for one in dossier.files:
        lines = UNKNOWN if one.added is None else f"+{one.added} −{one.removed or 0}"
        yield plain(one.path), one.change, _number(one.edits), lines


def _commits(dossier: Dossier) -> Iterator[tuple[str, str, str, str]]:
    for one in dossier.commits:
        yield instant_text(one.at), plain(one.sha[:12]), _text(one.branch), _text(one.subject)


def _requests(dossier: Dossier) -> Iterator[tuple[str, str]]:
    for one in dossier.pull_requests:
        yield instant_text(one.at), plain(one.url)


def _memories(dossier: Dossier) -> Iterator[tuple[str, str, str]]:
    for one in dossier.memories:
        yield plain(one.name), one.scope, _number(one.lines)


def _timeline(dossier: Dossier) -> Iterator[str]:
    if not dossier.events:
        return
    yield from heading("Timeline")
    if dossier.events_left_out:
        yield from (f"The last {len(dossier.events):,} events; earlier ones are left out.", "")
    head = ("Time", "What", "Outcome", "Took", "Tokens", "Detail")
    yield from table(head, (_event(event) for event in dossier.events))


def _event(event: protocol.Event) -> tuple[str, ...]:
    what = f"{event.kind}: {event.name}" if event.name else event.kind
    what = f"{what} (sub-agent {event.lane})" if event.lane else what
    outcome = f"{event.outcome}: {event.category}" if event.category else event.outcome
    took = UNKNOWN if event.duration_ms is None else f"{event.duration_ms / 1000:.1f} s"
    return (
        instant_text(event.at),
        plain(what),
        _text(outcome),
        took,
        _number(event.tokens),
        _text(event.detail),
    )


def _number(count: int | None) -> str:
    return UNKNOWN if count is None else f"{count:,}"


def _money(dollars: float | None) -> str:
    return UNKNOWN if dollars is None else f"${dollars:,.6f}"


def _text(text: str | None) -> str:
    return plain(text) if text else UNKNOWN
