"""A new password by mail, for whoever has forgotten theirs."""

from fastapi import APIRouter, Request

from services.auth.api.mail import AskReset, ConfirmReset, Mail
from services.auth.attempts import Attempts
from services.auth.resets import Resets
from services.runtime.auth.links import LinkSecret
from services.runtime.settings import Settings


def routes(resets: Resets, attempts: Attempts, settings: Settings) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])

    @router.get("/mail")
    async def mail() -> Mail:
        """Say whether this server sends mail, and how long a link to a new password is good."""
        return Mail(enabled=settings.mail_server is not None, reset_minutes=settings.reset_minutes)

    @router.post("/reset", status_code=202)
    async def ask_reset(body: AskReset, request: Request) -> None:
        """Have a link sent to the account of an address. The answer is the same if there is none."""
        await attempts.reset(request)
        await resets.ask(body.email)

    @router.post("/reset/confirm", status_code=204)
    async def confirm_reset(body: ConfirmReset) -> None:
        """Choose a new password with the secret of a link, once. It ends all log-ins of the account."""
        await resets.confirm(LinkSecret(body.token), body.password)

    return router
