"""Where the caller is signed in, and the machines they enrol."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.auth.api.models import Enrol, EnrolmentCode, Logins, LoginView, MadeToken, Token
from services.auth.api.pages import Limit, Place, cut, write_cursor
from services.auth.domain import After, Device
from services.auth.enrolment import Enrolment
from services.auth.profile import Profile
from services.auth.store import logins
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database

LoginId = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


def routes(
    *,
    database: Database,
    profile: Profile,
    enrolment: Enrolment,
    gate: TokenGate,
    clock: Clock,
) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])
    person = Annotated[Caller, Depends(gate.person)]

    @router.get("/logins")
    async def list_logins(caller: person, after: Place, limit: Limit = 50) -> Logins:
        """Give the caller's log-ins that have not ended."""
        async with database.read(caller) as connection:
            rows = await logins.page(caller, connection, clock.now(), after, limit + 1)
        page, last = cut(rows, limit)
        more = write_cursor(After(last.created_at, last.id)) if last else None
        return Logins(items=[_view(row, caller) for row in page], next_cursor=more)

    @router.delete("/logins", status_code=204)
    async def end_other_logins(caller: person) -> None:
        """End all of the caller's log-ins but the one that asks."""
        await profile.end_other_logins(caller)

    @router.delete("/logins/{login_id}", status_code=204)
    async def end_login(login_id: LoginId, caller: person) -> None:
        """End one of the caller's log-ins, everywhere and at once."""
        await profile.end_login(caller, login_id)

    @router.post("/enrolment-codes", status_code=201)
    async def make_enrolment_code(caller: person) -> EnrolmentCode:
        """Make a code that one machine may exchange for a token, within a quarter of an hour."""
        code, expires_at = await enrolment.make_code(caller)
        return EnrolmentCode(code=code, expires_at=expires_at)

    @router.post("/enrol", status_code=201)
    async def enrol(body: Enrol) -> MadeToken:
        """Exchange a code for an API token of the scope `agent`. This answer alone shows it."""
        record, made = await enrolment.redeem(body.code, body.hostname)
        return MadeToken(**Token.model_validate(record).model_dump(), token=made.text)

    return router


def _view(device: Device, caller: Caller) -> LoginView:
    return LoginView(
        id=device.id,
        label=device.label,
        current=device.id == caller.sid,
        created_at=device.created_at,
        last_at=device.last_at,
        expires_at=device.expires_at,
    )
