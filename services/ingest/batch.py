"""Stores one batch of reports in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from llm_session_manager.protocol import Heartbeat, Report
from llm_session_manager.protocol.tiers import told_at
from services.contracts.prices import PriceBook, own_prices
from services.contracts.sessions import SessionState
from services.ingest.domain.capture import most_of
from services.ingest.domain.identity import session_id
from services.ingest.domain.presence import Silence
from services.ingest.domain.reports import Received
from services.ingest.domain.rows import (
    child_rows,
    event_rows,
    received_row,
    sample_row,
    settle,
    usage_rows,
)
from services.ingest.domain.totals import Priced, price
from services.ingest.domain.views import reported_view, state_view
from services.ingest.store import agents, people, prices, received, search, sessions
from services.ingest.tables import session_commits, session_files, session_memories, session_usage
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Rejection
from services.runtime.db import Connection

Row = Mapping[str, Any]
LISTED = (session_usage, session_files, session_commits, session_memories)


@dataclass(slots=True)
class Stored:
    """What a batch came to: the current state of every session in it, and the fate of each report."""

    states: list[SessionState] = field(default_factory=list)
    created: dict[UUID, bool] = field(default_factory=dict)
    ended: dict[UUID, bool] = field(default_factory=dict)
    rejections: dict[int, Rejection] = field(default_factory=dict)
    stored: int = 0
    superseded: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    key: UUID
    received: Received
    report: Report

    @property
    def order(self) -> tuple[int, int]:
        return self.report.epoch, self.report.n

    @property
    def team_id(self) -> UUID:
        return self.received.sender.team_id


class BatchWriter:
    """Turns checked messages into rows, all of a batch or none."""

    def __init__(self, book: PriceBook) -> None:
        self._book = book

    async def store(self, connection: Connection, batch: Sequence[Received], now: datetime) -> Stored:
        """Write what is newer than what is known. Applying a report twice changes nothing.

        Raises `Transient` when another process stored one of the sessions at the same time.
        """
        result = Stored()
        actor = TeamsCaller.of({each.sender.team_id for each in batch})
        batch, known = await self._known(actor, connection, batch, result)
        await prices.hold_prices(connection)
        settings = await people.team_settings(actor, connection)
        books = {team_id: self._book.with_own(own_prices(each)) for team_id, each in settings.items()}
        entries = [
            _entry(each, told_at(each.content, most_of(settings.get(each.sender.team_id, {}))))
            for each in batch
            if isinstance(each.content, Report)
        ]
        existing = await received.lock_sessions(actor, connection, {entry.key for entry in entries})
        fresh = self._newer(entries, existing, result)
        priced = {
            entry.key: price(entry.received.usage, books.get(entry.team_id, self._book)) for entry in fresh
        }
        rows = [_row(entry, priced[entry.key], existing.get(entry.key), settings, now) for entry in fresh]
        heard = _heard(batch, rows)
        await agents.put_heard(actor, connection, _signs(known, batch, heard, now))
        await received.put_sessions(actor, connection, rows)
        await search.put_words(actor, connection, rows, existing)
        await self._children(actor, connection, fresh, priced)
        alive = [entry for entry in entries if not _is_deleted(existing.get(entry.key))]
        events = _events(alive)
        await received.put_events(actor, connection, events)
        await received.put_samples(actor, connection, _samples(alive, settings, now))
        revived = await self._revive(actor, connection, heard, settings, now)
        self._note(rows, existing, result)
        others = ({entry.key for entry in alive} | revived) - priced.keys()
        told = await reported_states(actor, connection, zip(fresh, rows, strict=True), events)
        told += await load_states(actor, connection, others, events)
        result.states = sorted(told, key=lambda state: state.session.id)
        return result

    async def _known(
        self, actor: TeamsCaller, connection: Connection, batch: Sequence[Received], result: Stored
    ) -> tuple[list[Received], Mapping[UUID, Row]]:
        """Give the messages of known senders, and the agents among these."""
        ids = {each.sender.agent_id for each in batch if each.sender.agent_id is not None}
        known = await agents.lock_agents(actor, connection, ids)
        accepted: list[Received] = []
        for each in batch:
            if _may_send(each, known):
                accepted.append(each)
            else:
                result.rejections[each.index] = Rejection(
                    "unknown_agent", "No agent of this person was introduced under this id."
                )
        return accepted, known

    def _newer(self, entries: Iterable[_Entry], existing: Mapping[UUID, Row], result: Stored) -> list[_Entry]:
        """Give the newest report of each session, where it is newer than what is stored."""
        newest: dict[UUID, _Entry] = {}
        for entry in entries:
            result.superseded += 1
            if entry.key not in newest or entry.order > newest[entry.key].order:
                newest[entry.key] = entry
        fresh = [entry for entry in newest.values() if _is_newer(entry, existing.get(entry.key))]
        result.stored = len(fresh)
        result.superseded -= len(fresh)
        return sorted(fresh, key=lambda entry: entry.key)

    async def _children(
        self,
        actor: TeamsCaller,
        connection: Connection,
        fresh: Sequence[_Entry],
        priced: Mapping[UUID, tuple[Priced, ...]],
    ) -> None:
        ids = [entry.key for entry in fresh]
        lists: dict[str, list[Row]] = {table.name: [] for table in LISTED}
        for entry in fresh:
            lists["session_usage"] += usage_rows(entry.key, entry.team_id, priced[entry.key])
            for name, rows in child_rows(entry.key, entry.team_id, entry.report.session).items():
                lists[name] += rows
        for name, members in lists.items():
            await received.put_complete(actor, connection, name, ids, members)

    async def _revive(
        self,
        actor: TeamsCaller,
        connection: Connection,
        heard: Collection[UUID],
        settings: Mapping[UUID, Row],
        now: datetime,
    ) -> set[UUID]:
        """Give the sessions of agents that were silent the status these reported last."""
        if not heard:
            return set()
        rows = await agents.silenced_sessions(actor, connection, heard)
        woken = [
            settle(
                {**row, "version": row["version"] + 1},
                Silence.HEARD,
                None,
                settings.get(row["team_id"], {}),
                now,
            )
            for row in rows
        ]
        await received.put_settled(actor, connection, woken)
        return {row["id"] for row in woken}

    def _note(self, rows: Iterable[Row], existing: Mapping[UUID, Row], result: Stored) -> None:
        for row in rows:
            before = existing.get(row["id"])
            result.created[row["id"]] = before is None
            was_live = before is not None and before["status"] != "ended"
            result.ended[row["id"]] = was_live and row["status"] == "ended"


async def load_states(
    actor: TeamsCaller, connection: Connection, ids: Iterable[UUID], events: Iterable[Row] = ()
) -> list[SessionState]:
    """Read the current state of sessions, deleted ones left out."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = await sessions.named_sessions(actor, connection, wanted)
    children: dict[UUID, dict[str, list[Row]]] = {row["id"]: {} for row in rows}
    for table in LISTED:
        for child in await received.children_of(actor, connection, table, list(children)):
            children[child["session_id"]].setdefault(table.name, []).append(child)
    recent = _by_session(events)
    return [state_view(row, children[row["id"]], recent.get(row["id"], ())) for row in rows]


async def reported_states(
    actor: TeamsCaller,
    connection: Connection,
    stored: Iterable[tuple[_Entry, Row]],
    events: Iterable[Row] = (),
) -> list[SessionState]:
    """What `load_states` would read of sessions whose rows this transaction has just written."""
    pairs, recent = list(stored), _by_session(events)
    called = await people.usernames(actor, connection, {entry.received.sender.user_id for entry, _ in pairs})
    return [
        reported_view(
            {**row, "username": called.get(row["user_id"])},
            entry.report.session,
            entry.received.usage,
            recent.get(entry.key, ()),
        )
        for entry, row in pairs
    ]


def _by_session(events: Iterable[Row]) -> Mapping[UUID, Sequence[Row]]:
    found: dict[UUID, list[Row]] = {}
    for event in events:
        found.setdefault(event["session_id"], []).append(event)
    return found


def _entry(received_: Received, report: Report) -> _Entry:
    sender, facts = received_.sender, report.session
    key = session_id(sender.team_id, sender.user_id, facts.tool, facts.native_id)
    return _Entry(key, received_, report)


def _row(
    entry: _Entry,
    priced: tuple[Priced, ...],
    existing: Row | None,
    settings: Mapping[UUID, Row],
    now: datetime,
) -> dict[str, Any]:
    team = settings.get(entry.team_id, {})
    return received_row(entry.key, entry.received, entry.report, priced, existing, team, now)


def _may_send(each: Received, known: Mapping[UUID, Row]) -> bool:
    sender = each.sender
    if sender.agent_id is None:
        return True
    agent = known.get(sender.agent_id)
    return agent is not None and agent["team_id"] == sender.team_id and agent["user_id"] == sender.user_id


def _heard(batch: Iterable[Received], rows: Iterable[Row]) -> frozenset[UUID]:
    """The agents that have given a sign of life which everybody may see.

    What they report of private sessions is none: it would show in the presence of their machine.
    """
    beating = {each.sender.agent_id for each in batch if isinstance(each.content, Heartbeat)}
    showing = {row["agent_id"] for row in rows if row["visibility"] != "private"}
    return frozenset(agent for agent in beating | showing if agent is not None)


def _signs(
    known: Mapping[UUID, Row], batch: Iterable[Received], heard: Collection[UUID], now: datetime
) -> list[Row]:
    rows: dict[UUID, dict[str, Any]] = {}
    for each in batch:
        if each.sender.agent_id is None:
            continue
        row = rows.setdefault(each.sender.agent_id, dict(known[each.sender.agent_id]))
        if row["id"] in heard:
            row["last_seen_at"] = now
        if isinstance(each.content, Report):
            highest = max((row["epoch"], row["n"]), (each.content.epoch, each.content.n))
            row["epoch"], row["n"] = highest
    return list(rows.values())


def _is_deleted(row: Row | None) -> bool:
    return row is not None and row["deleted_at"] is not None


def _is_newer(entry: _Entry, row: Row | None) -> bool:
    return row is None or (not _is_deleted(row) and entry.order > (row["epoch"], row["n"]))


def _events(entries: Iterable[_Entry]) -> list[Row]:
    ordered = sorted(entries, key=lambda entry: entry.order)
    rows = [row for entry in ordered for row in event_rows(entry.key, entry.team_id, entry.report)]
    return list({(row["session_id"], row["event_id"]): row for row in rows}.values())


def _samples(entries: Iterable[_Entry], settings: Mapping[UUID, Row], now: datetime) -> list[Row]:
    found = (
        sample_row(entry.key, entry.team_id, entry.report, settings.get(entry.team_id, {}))
        for entry in entries
    )
    return [row for row in found if row["at"] <= now]
