"""Stores one batch of reports in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from llm_session_manager.protocol import Report
from services.contracts.prices import PriceBook
from services.contracts.sessions import SessionState
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
from services.ingest.domain.views import state_view
from services.ingest.store import agents, people, received, sessions
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
        batch, heard = await self._hear(actor, connection, batch, now, result)
        entries = [_entry(each, each.content) for each in batch if isinstance(each.content, Report)]
        settings = await people.team_settings(actor, connection)
        existing = await received.lock_sessions(actor, connection, {entry.key for entry in entries})
        fresh = self._newer(entries, existing, result)
        rows = [self._row(entry, existing.get(entry.key), settings, now) for entry in fresh]
        await received.put_sessions(actor, connection, rows)
        await self._children(actor, connection, fresh)
        alive = [entry for entry in entries if not _is_deleted(existing.get(entry.key))]
        await received.put_events(actor, connection, _events(alive))
        await received.put_samples(actor, connection, _samples(alive, settings, now))
        revived = await self._revive(actor, connection, heard, settings, now)
        self._note(rows, existing, result)
        ids = {entry.key for entry in alive} | revived
        result.states = await load_states(actor, connection, ids, _events(alive))
        return result

    async def _hear(
        self,
        actor: TeamsCaller,
        connection: Connection,
        batch: Sequence[Received],
        now: datetime,
        result: Stored,
    ) -> tuple[list[Received], list[UUID]]:
        """Note that the agents live; give the messages of known senders, and the agents heard from."""
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
        heard = _heard(known, accepted, now)
        await agents.put_heard(actor, connection, heard)
        return accepted, [row["id"] for row in heard]

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

    def _row(
        self, entry: _Entry, existing: Row | None, settings: Mapping[UUID, Row], now: datetime
    ) -> dict[str, Any]:
        team = settings.get(entry.team_id, {})
        return received_row(entry.received, entry.report, existing, team, self._book, now)

    async def _children(
        self,
        actor: TeamsCaller,
        connection: Connection,
        fresh: Sequence[_Entry],
    ) -> None:
        ids = [entry.key for entry in fresh]
        lists: dict[str, list[Row]] = {table.name: [] for table in LISTED}
        for entry in fresh:
            lists["session_usage"] += usage_rows(entry.key, entry.team_id, entry.received, self._book)
            for name, rows in child_rows(entry.key, entry.team_id, entry.report.session).items():
                lists[name] += rows
        for name, members in lists.items():
            await received.put_complete(actor, connection, name, ids, members)

    async def _revive(
        self,
        actor: TeamsCaller,
        connection: Connection,
        heard: Sequence[UUID],
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
    recent: dict[UUID, list[Row]] = {}
    for event in events:
        recent.setdefault(event["session_id"], []).append(event)
    return [state_view(row, children[row["id"]], recent.get(row["id"], ())) for row in rows]


def _entry(received_: Received, report: Report) -> _Entry:
    sender, facts = received_.sender, report.session
    key = session_id(sender.team_id, sender.user_id, facts.tool, facts.native_id)
    return _Entry(key, received_, report)


def _may_send(each: Received, known: Mapping[UUID, Row]) -> bool:
    sender = each.sender
    if sender.agent_id is None:
        return True
    agent = known.get(sender.agent_id)
    return agent is not None and agent["team_id"] == sender.team_id and agent["user_id"] == sender.user_id


def _heard(known: Mapping[UUID, Row], batch: Iterable[Received], now: datetime) -> list[Row]:
    rows: dict[UUID, dict[str, Any]] = {}
    for each in batch:
        if each.sender.agent_id is None:
            continue
        row = rows.setdefault(each.sender.agent_id, {**known[each.sender.agent_id], "last_seen_at": now})
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
