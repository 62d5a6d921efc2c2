"""Agents over HTTPS: fetch what they are asked to do, and say what became of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from llm_session_manager.protocol.commands import CommandAnswer, CommandList
from services.contracts.commands import SessionCommand
from services.ingest.commands.handing import Handing
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.errors import Problem
from services.runtime.settings import Settings

ANSWER = {"$ref": "#/components/schemas/CommandAnswer"}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": ANSWER}}}}


def routes(gate: TokenGate, handing: Handing, settings: Settings) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/agents/me/commands", tags=["agents"])
    Agent = Annotated[Caller, Depends(gate.agent)]  # noqa: N806 - a type

    @router.get("")
    async def fetch(
        caller: Agent,
        wait: Annotated[float, Query(ge=0, le=60, allow_inf_nan=False)] = 0,
        agent_id: UUID | None = None,
    ) -> CommandList:
        """What this machine is to do now; where that is nothing, the answer comes after `wait` seconds.

        `agent_id` says which machine, where the person has several. The wait is 25 seconds at most.
        """
        seconds = min(wait, settings.command_wait_seconds)
        return CommandList(items=await handing.fetch(caller, agent_id, seconds))

    @router.post("/{command_id}", openapi_extra=BODY)
    async def answer(caller: Agent, command_id: UUID, request: Request) -> SessionCommand:
        """Say that a command is started, done or failed. Said twice, it counts once.

        A 409 to `started` means that it must not be done: it has expired, was withdrawn, or somebody else
        has started it.
        """
        return await handing.settle(caller, command_id, await _read(request))

    return router


async def _read(request: Request) -> CommandAnswer:
    """Read the body as the JSON it is: facts are strict, and there a time is a text."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Problem(415, "wrong_type", "Send application/json.")
    try:
        return CommandAnswer.model_validate_json(await request.body())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in faults]) from None
