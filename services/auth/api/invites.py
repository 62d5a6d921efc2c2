"""Invitations: links into a team."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.auth.api.mail import InviteMail
from services.auth.api.models import (
    AnInvite,
    InvitePreview,
    Invites,
    InviteView,
    MadeInvite,
    NewInvite,
)
from services.auth.api.pages import Limit, UuidPlace, cut, write_cursor
from services.auth.attempts import Attempts
from services.auth.domain import After
from services.auth.domain.invites import Invite
from services.auth.invitations import Invitations, Offer
from services.auth.standing import Standing
from services.auth.store import invites
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.settings import Settings


def team_routes(
    *,
    database: Database,
    standing: Standing,
    invitations: Invitations,
    attempts: Attempts,
    gate: TokenGate,
    clock: Clock,
    settings: Settings,
) -> APIRouter:
    """What admins do with the invitations of their team."""
    router = APIRouter(prefix="/api/teams/{team_id}/invites", tags=["teams"])
    anyone = Annotated[Caller, Depends(gate.caller)]

    @router.get("")
    async def list_invites(team_id: UUID, caller: anyone, after: UuidPlace, limit: Limit = 50) -> Invites:
        """Give the team's invitations without their secrets; admins only."""
        async with database.read(caller) as connection:
            await standing.reading_admin(caller, connection, team_id)
            rows = await invites.page(caller, connection, team_id, after, limit + 1)
        page, last = cut(rows, limit)
        more = write_cursor(After(last.created_at, str(last.id))) if last else None
        return Invites(items=[_view(row, clock.now()) for row in page], next_cursor=more)

    @router.post("", status_code=201)
    async def make_invite(team_id: UUID, body: NewInvite, caller: anyone, request: Request) -> MadeInvite:
        """Make an invitation, and send it where it has an `email`; admins only.

        This answer alone shows its secret. The letter has one of its own.
        """
        if body.email is not None:
            await attempts.letter(caller.user_id, team_id, body.email)
        offer = Offer(body.role, body.expires_at, body.max_uses, body.email)
        return _made(*await invitations.make(caller, team_id, offer), request)

    @router.post("/{invite_id}/resend")
    async def resend_invite(team_id: UUID, invite_id: UUID, caller: anyone, request: Request) -> MadeInvite:
        """Send an invitation again; admins only. It has a new secret, and those of before end."""
        await attempts.letter(caller.user_id, team_id, str(invite_id))
        return _made(*await invitations.resend(caller, team_id, invite_id), request)

    @router.delete("/{invite_id}", status_code=204)
    async def revoke_invite(team_id: UUID, invite_id: UUID, caller: anyone) -> None:
        """Take an invitation back; admins only."""
        await invitations.revoke(caller, team_id, invite_id)

    def _made(made: Invite, secret: LinkSecret, request: Request) -> MadeInvite:
        base = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
        # A fragment is sent to nobody: neither logs nor referrers learn the secret.
        url = f"{base}/invite#{secret.text}"
        return MadeInvite(**_view(made, clock.now()).model_dump(), invite=secret.text, url=url)

    return router


def preview_routes(invitations: Invitations, clock: Clock) -> APIRouter:
    """What the holder of an invitation asks, signed in or not."""
    router = APIRouter(prefix="/api/auth/invites", tags=["auth"])

    @router.post("/preview")
    async def preview_invite(body: AnInvite) -> InvitePreview:
        """Say what an invitation is for. It comes in the body, so that no log of addresses holds it."""
        invite = await invitations.shown(LinkSecret(body.invite))
        state = invite.state(clock.now())
        return InvitePreview(
            team_name=invite.team_name,
            role=invite.role,
            expires_at=invite.expires_at,
            state=state,
            email=invite.email if state == "open" else None,
        )

    return router


def _view(invite: Invite, now: datetime) -> InviteView:
    return InviteView(
        id=invite.id,
        role=invite.role,
        created_by=invite.created_by,
        created_at=invite.created_at,
        expires_at=invite.expires_at,
        max_uses=invite.max_uses,
        uses=invite.uses,
        state=invite.state(now),
        email=invite.email,
        mail=InviteMail.model_validate(invite.mail) if invite.mail else None,
    )
