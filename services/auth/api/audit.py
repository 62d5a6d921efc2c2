"""What happened in a team; for its admins."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Response

from services.auth.api.fields import InstantIn
from services.auth.api.models import AuditEntries, AuditEntry
from services.auth.api.pages import Cursor, Limit, cut, read_number, write_number
from services.auth.audit import AuditLog
from services.auth.domain.audit import Entry, Note
from services.auth.standing import Standing
from services.auth.store import audit as store
from services.auth.store import users
from services.auth.store.audit import Wanted
from services.contracts.sessions import instant_text
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Connection, Database
from services.runtime.host.sheets import csv_text
from services.runtime.settings import Settings

Actions = Annotated[list[Annotated[str, Query(max_length=40)]] | None, Query(max_length=30)]
Actors = Annotated[list[UUID] | None, Query(max_length=50)]
From = Annotated[InstantIn | None, Query(alias="from")]
COLUMNS = ("n", "at", "actor_id", "actor_name", "action", "target", "details", "hash")


def wanted(
    team_id: UUID,
    action: Actions = None,
    actor: Actors = None,
    from_: From = None,
    to: InstantIn | None = None,
) -> Wanted:
    """Which entries are asked for: values of one filter are alternatives, filters hold together."""
    return Wanted(team_id, action or (), actor or (), from_, to)


def routes(
    database: Database, standing: Standing, audit: AuditLog, gate: TokenGate, settings: Settings
) -> APIRouter:
    router = APIRouter(prefix="/api/teams/{team_id}/audit", tags=["teams"])
    anyone = Annotated[Caller, Depends(gate.caller)]
    asked = Annotated[Wanted, Depends(wanted)]

    @router.get("")
    async def list_audit(
        team_id: UUID, caller: anyone, which: asked, cursor: Cursor = None, limit: Limit = 50
    ) -> AuditEntries:
        """Give what happened in the team, newest first; admins only."""
        before = read_number(cursor)
        async with database.read(caller) as connection:
            await standing.reading_admin(caller, connection, team_id)
            found = await _entries(caller, connection, _before(which, before), limit + 1)
        page, last = cut(found, limit)
        return AuditEntries(items=list(page), next_cursor=write_number(last.n) if last else None)

    @router.get("/export")
    async def export_audit(
        team_id: UUID,
        caller: anyone,
        which: asked,
        format: Literal["csv", "json"] = "json",  # noqa: A002
    ) -> Response:
        """Give the newest entries as a file; admins only. That it was taken is an entry, too."""
        async with database.write(caller) as connection:
            await standing.reading_admin(caller, connection, team_id)
            note = Note("audit.exported", caller.user_id, None, {"format": format})
            await audit.note(connection, [team_id], note)
            found = await _entries(caller, connection, which, settings.audit_export_entries)
        return _file(found, format)

    return router


def _before(which: Wanted, n: int | None) -> Wanted:
    return Wanted(which.team_id, which.actions, which.actors, which.since, which.until, n)


async def _entries(caller: Caller, connection: Connection, which: Wanted, limit: int) -> Sequence[AuditEntry]:
    entries = await store.page(caller, connection, which, limit)
    names = await users.names(caller, connection, {entry.actor_id for entry in entries if entry.actor_id})
    return [_view(entry, names) for entry in entries]


def _view(entry: Entry, names: Mapping[UUID, str]) -> AuditEntry:
    return AuditEntry(
        n=entry.n,
        at=entry.at,
        actor_id=entry.actor_id,
        actor_name=names.get(entry.actor_id) if entry.actor_id else None,
        action=entry.action,
        target=entry.target,
        details=dict(entry.details),
        hash=entry.hash,
    )


def _file(entries: Sequence[AuditEntry], form: Literal["csv", "json"]) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    if form == "json":
        body = orjson.dumps([entry.model_dump(mode="json") for entry in entries])
        return Response(body, headers=headers, media_type="application/json")
    rows = [COLUMNS, *(_row(entry) for entry in entries)]
    return Response(csv_text(rows), headers=headers, media_type="text/csv; charset=utf-8")


def _row(entry: AuditEntry) -> Sequence[object]:
    details = orjson.dumps(entry.details).decode()
    who = (str(entry.actor_id or ""), entry.actor_name or "")
    return entry.n, instant_text(entry.at), *who, entry.action, entry.target or "", details, entry.hash
