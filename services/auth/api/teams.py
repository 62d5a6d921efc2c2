"""Teams and their settings."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.auth.accounts import Accounts
from services.auth.announcer import Announcer
from services.auth.api.models import ChangeTeam, NewTeam, TeamDetail, Teams, TeamSummary
from services.auth.api.pages import Limit, UuidPlace, cut, write_cursor
from services.auth.api.versions import IfMatch, check, etag
from services.auth.audit import AuditLog
from services.auth.domain import After, Team
from services.auth.domain.audit import Note
from services.auth.domain.settings import KeptSettings, TeamSettings, merged
from services.auth.roster import Roster
from services.auth.standing import Standing
from services.auth.store import teams
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database


def routes(
    *,
    database: Database,
    accounts: Accounts,
    standing: Standing,
    roster: Roster,
    announcer: Announcer,
    audit: AuditLog,
    gate: TokenGate,
    clock: Clock,
) -> APIRouter:
    router = APIRouter(prefix="/api/teams", tags=["teams"])
    anyone = Annotated[Caller, Depends(gate.caller)]
    person = Annotated[Caller, Depends(gate.person)]

    @router.get("")
    async def list_teams(caller: anyone, after: UuidPlace, limit: Limit = 50) -> Teams:
        """Give the teams the caller is in."""
        async with database.read(caller) as connection:
            rows = await teams.page(caller, connection, after, limit + 1)
        page, last = cut(rows, limit)
        more = write_cursor(After(last.created_at, str(last.id))) if last else None
        return Teams(items=[TeamSummary.model_validate(row) for row in page], next_cursor=more)

    @router.post("", status_code=201)
    async def make_team(body: NewTeam, caller: person, response: Response) -> TeamDetail:
        """Make a team; the caller is its admin."""
        async with database.write(caller) as connection:
            team_id = await accounts.found_team(caller, connection, caller.user_id, body.name, clock.now())
            await announcer.user_updated(connection, caller.user_id, caller.username)
            made = await standing.member(caller, connection, team_id)
        announcer.wake()
        await announcer.rights_changed(user_id=caller.user_id)
        return _detail(made, response)

    @router.get("/{team_id}")
    async def read_team(team_id: UUID, caller: anyone, response: Response) -> TeamDetail:
        """Give a team of the caller's, with its settings."""
        async with database.read(caller) as connection:
            return _detail(await standing.member(caller, connection, team_id), response)

    @router.put("/{team_id}")
    async def change_team(
        team_id: UUID, body: ChangeTeam, caller: anyone, response: Response, if_match: IfMatch = None
    ) -> TeamDetail:
        """Change name and settings; admins only. Settings that are not named stay."""
        async with database.write(caller) as connection:
            team = await standing.admin(caller, connection, team_id)
            check(if_match, team.version)
            settings = _settings(team)
            if body.settings is not None:
                settings = merged(settings, body.settings)
            name = body.name or team.name
            await teams.change(
                caller, connection, team_id, name, settings.model_dump(mode="json"), clock.now()
            )
            changed = await standing.member(caller, connection, team_id)
            details = {"fields": sorted(body.model_fields_set), "settings": _named(body)}
            note = Note("team.changed", caller.user_id, str(team_id), details)
            await audit.note(connection, [team_id], note)
            await announcer.team_updated(connection, team_id, name, changed.settings)
            await announcer.team_shown(connection, team_id, changed.version)
        announcer.wake()
        return _detail(changed, response)

    @router.delete("/{team_id}", status_code=204)
    async def delete_team(team_id: UUID, caller: person) -> None:
        """Delete a team with all its sessions, for good; admins who are signed in only."""
        await roster.delete_team(caller, team_id)

    return router


def _named(body: ChangeTeam) -> list[str]:
    return sorted(body.settings.model_fields_set) if body.settings else []


def _settings(team: Team) -> KeptSettings:
    return KeptSettings.model_validate(dict(team.settings))


def _shown(kept: KeptSettings) -> TeamSettings:
    """What a request may send back as it is."""
    return TeamSettings.model_validate(kept.model_dump(exclude={"demo"}))


def _detail(team: Team, response: Response) -> TeamDetail:
    response.headers["ETag"] = etag(team.version)
    return TeamDetail(
        id=team.id,
        name=team.name,
        role=team.role,
        created_at=team.created_at,
        settings=_shown(_settings(team)),
        version=team.version,
    )
