"""Connects the very machine that the server runs on, when its person asks for it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.local.agent import LocalAgent
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.errors import Problem, unprocessable
from services.runtime.host.admission import host_of, is_loopback
from services.runtime.settings import Settings

FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip", "via"})


class LocalState(BaseModel):
    """`available`: browser and server are on one machine, so that a press of a button can connect it."""

    available: bool
    running: bool


class Connect(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")

    token: Annotated[str, Field(min_length=20, max_length=200, pattern=r"^lsm_[A-Za-z0-9_-]+$")]


class LocalPart:
    """Starts an agent only after somebody at this machine asked for it, then again at each start.

    `alone` says that this process is the whole product; elsewhere no machine is available.
    """

    name = "local"

    def __init__(self, gate: TokenGate, settings: Settings, *, alone: bool) -> None:
        self._settings = settings
        self._alone = alone
        self._agent = LocalAgent(settings)
        self.routers: Sequence[APIRouter] = [self._routes(gate)]
        self.internal_routers: Sequence[APIRouter] = []

    async def start(self) -> None:
        if self._alone:
            await self._agent.resume()

    async def drain(self) -> None:
        """Holds nothing open to the outside."""

    async def stop(self) -> None:
        await self._agent.stop()

    def problem(self) -> str | None:
        return None

    def _here(self, request: Request) -> bool:
        # Behind a proxy every browser seems to be here.
        if not FORWARDED.isdisjoint(request.headers.keys()):
            return False
        return is_loopback(host_of(request.scope)) and self._alone and self._settings.is_loopback

    def _must_be_here(self, request: Request) -> None:
        if not self._here(request):
            raise Problem(403, "not_this_machine", "Only a browser on the server's own machine may do this.")

    def _routes(self, gate: TokenGate) -> APIRouter:
        router = APIRouter(prefix="/api/agents/local", tags=["agents"])
        Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
        Writer = Annotated[Caller, Depends(gate.writing)]  # noqa: N806 - a type

        @router.get("")
        async def state(_caller: Reader, request: Request) -> LocalState:
            return LocalState(available=self._here(request), running=self._agent.running)

        @router.post("", status_code=201)
        async def connect(caller: Writer, request: Request, body: Connect) -> LocalState:
            """Start the agent of this machine with an API token that has the scope `agent`."""
            self._must_be_here(request)
            await _check(gate, caller, body.token)
            await self._agent.connect(body.token)
            return LocalState(available=True, running=True)

        @router.delete("", status_code=204)
        async def disconnect(_caller: Writer, request: Request) -> None:
            """Stop the agent of this machine, and start it no more."""
            self._must_be_here(request)
            await self._agent.forget()

        return router


async def _check(gate: TokenGate, caller: Caller, token: str) -> None:
    try:
        bearer = await gate.check(token)
    except Problem as problem:
        if problem.status != HTTPStatus.UNAUTHORIZED:
            raise
        # A 401 would tell the browser that its own sign-in has ended.
        raise unprocessable("token", "is not valid", "bad_token") from None
    if (bearer.user_id, bearer.team_id) != (caller.user_id, caller.team_id):
        raise unprocessable("token", "is not yours in this team", "not_own")
    if "agent" not in bearer.scopes:
        raise unprocessable("token", "needs the scope agent", "wrong_scope")
