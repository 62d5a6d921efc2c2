"""Reports over HTTPS: checked, and published under the caller's own identity."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from llm_session_manager.protocol import Heartbeat, Position, Rejected, Report, ReportBatch
from services.contracts.topology import AGENTS, report_key
from services.ingest.api.bodies import Accepted
from services.ingest.domain.identity import SCRIPT
from services.ingest.domain.reports import Limits, places
from services.ingest.domain.scripts import ScriptReport, report_of
from services.ingest.domain.unpacking import NotGzip, TooLarge, gunzip
from services.ingest.machines import Machines
from services.ingest.store import agents, people
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.bus import Bus
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import Problem, unprocessable
from services.runtime.settings import Settings
from services.runtime.telemetry import HEADER, correlation_id

MOST_REPORTS = 500
AT_ONCE = 200
DEPTH = 16
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ReportBatch"},
                        {"$ref": "#/components/schemas/ScriptReport"},
                    ]
                }
            }
        },
    }
}


def routes(
    database: Database, machines: Machines, gate: TokenGate, bus: Bus, settings: Settings, clock: Clock
) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/sessions", tags=["agents"])
    Agent = Annotated[Caller, Depends(gate.agent)]  # noqa: N806 - a type
    limits = Limits(settings.report_bytes, settings.epoch_ahead_seconds, settings.future_bucket_seconds)
    room = asyncio.Semaphore(AT_ONCE)

    async def publish(key: str, body: bytes) -> None:
        async with room:
            await bus.publish(AGENTS, key, body, {HEADER: correlation_id()})

    async def publish_all(key: str, bodies: Sequence[bytes]) -> None:
        """Wait for all, then raise what the first of them raised."""
        ends = await asyncio.gather(*(publish(key, body) for body in bodies), return_exceptions=True)
        for error in filter(None, ends):
            raise error

    @router.post("/sync", status_code=202, openapi_extra=BODY)
    async def sync(caller: Agent, request: Request) -> Accepted:
        """Take reports in. A 202 means that all accepted ones are safe; those rejected never will be."""
        body = _parsed(await _unpacked(request, settings))
        if "session_id" in body or "metrics" in body:
            return await _script(caller, body)
        batch = _batch(body)
        agent_id = _agent_id(batch)
        agent = await machines.known(caller, agent_id)
        if agent is None:
            raise unprocessable(
                "agent_id", "no machine of yours was introduced under this id", "unknown_agent"
            )
        _refuse_copy(batch, agents.position(agent))
        sending, rejected = _sorted_out(_reports(body), limits, clock.now().timestamp())
        key = report_key(caller.team, caller.user_id, agent_id)
        sending = sending or [Heartbeat(sent_at=clock.now()).model_dump_json().encode()]
        await publish_all(key, sending)
        accepted = len(_reports(body)) - len(rejected)
        async with database.read(caller) as connection:
            agent = await agents.find_agent(caller, connection, agent_id) or agent
        return Accepted(accepted=accepted, rejected=rejected, last_report=agents.position(agent))

    async def _script(caller: Caller, body: dict[str, Any]) -> Accepted:
        try:
            plain = ScriptReport.model_validate_json(orjson.dumps(body))
        except ValidationError as error:
            raise unprocessable("body", places(error)) from error
        if plain.user_id not in {None, caller.user_id}:
            raise unprocessable("user_id", "is not the person this token belongs to", "not_own")
        now = clock.now()
        async with database.write(caller) as connection:
            await machines.check(caller, connection)
            await people.meet_owner(caller, connection, caller.user_id, caller.username)
        report = report_of(plain, now)
        await publish(report_key(caller.team, caller.user_id, SCRIPT), report.model_dump_json().encode())
        return Accepted(accepted=1, rejected=[], last_report=None)

    return router


async def _unpacked(request: Request, settings: Settings) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Problem(415, "wrong_type", "Send application/json.")
    body = await request.body()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        return body
    if encoding != "gzip":
        raise Problem(415, "wrong_encoding", "The body may be plain or gzip.")
    try:
        return gunzip(body, settings.sync_body_bytes, settings.sync_ratio)
    except TooLarge as error:
        raise Problem(413, "too_large", "The body grows beyond what is allowed.") from error
    except NotGzip as error:
        raise Problem(400, "bad_encoding", "The body is not valid gzip.") from error


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(body)
    except ValueError as error:
        raise Problem(400, "not_json", "The body is not valid JSON.") from error
    if not isinstance(parsed, dict):
        raise unprocessable("body", "must be an object")
    if _is_deep(parsed):
        raise unprocessable("body", "is nested too deeply", "too_deep")
    return parsed


def _is_deep(parsed: dict[str, Any]) -> bool:
    level: list[Any] = [parsed]
    for _ in range(DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
    return bool(level)


def _batch(body: dict[str, Any]) -> ReportBatch:
    """Check all of a batch but its reports, which are judged one by one."""
    try:
        return ReportBatch.model_validate_json(orjson.dumps({**body, "reports": []}))
    except ValidationError as error:
        raise unprocessable("body", places(error)) from error


def _refuse_copy(batch: ReportBatch, known: Position | None) -> None:
    """Refuse what a copied spool sends while another copy is further on: it would count for nothing."""
    if batch.begins is None or known is None:
        return
    if (known.epoch, known.n) >= (batch.begins.epoch, batch.begins.n):
        raise Problem(
            409, "spool_conflict", "Another copy of this agent's spool has reported since: begin a new epoch."
        )


def _agent_id(batch: ReportBatch) -> UUID:
    try:
        return UUID(batch.agent_id)
    except ValueError as error:
        raise unprocessable("agent_id", "is not an id") from error


def _reports(body: dict[str, Any]) -> list[Any]:
    reports = body.get("reports", [])
    if not isinstance(reports, list) or len(reports) > MOST_REPORTS:
        raise unprocessable("reports", f"must be a list of at most {MOST_REPORTS}")
    return reports


def _sorted_out(reports: Sequence[Any], limits: Limits, now: float) -> tuple[list[bytes], list[Rejected]]:
    sending: list[bytes] = []
    rejected: list[Rejected] = []
    for index, raw in enumerate(reports):
        encoded = orjson.dumps(raw)
        wrong = _wrong(encoded, limits, now)
        if wrong is None:
            sending.append(encoded)
        else:
            rejected.append(Rejected(index=index, code=wrong[0], detail=wrong[1]))
    return sending, rejected


def _wrong(encoded: bytes, limits: Limits, now: float) -> tuple[str, str] | None:
    if len(encoded) > limits.report_bytes:
        return "too_large", f"A report has at most {limits.report_bytes} bytes."
    try:
        report = Report.model_validate_json(encoded)
    except ValidationError as error:
        return "invalid", places(error)
    if report.epoch > now + limits.epoch_ahead_seconds:
        return "epoch_in_future", "The agent's epoch lies more than a day ahead."
    return None
