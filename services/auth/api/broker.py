"""What RabbitMQ's `rabbitmq_auth_backend_http` asks about agents; never reachable through the front door.

An agent logs in with its id as user name and its API token as password. The later questions name the user
alone: the token it came with is remembered, and its rights are read anew for every question.
"""

from urllib.parse import parse_qs
from uuid import UUID

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse

from services.auth.agents import Agents
from services.auth.connection_limit import ConnectionLimit
from services.auth.domain.broker import may_publish, may_use
from services.runtime.auth import Caller

log = structlog.get_logger(__name__)


def internal_routes(agents: Agents, limit: ConnectionLimit, vhost: str) -> APIRouter:
    router = APIRouter(prefix="/internal/broker", include_in_schema=False)

    @router.post("/user")
    async def user(request: Request) -> PlainTextResponse:
        """Say whether the token is one of that agent's person, and the agent may have one connection more."""
        asked = await _form(request)
        agent_id = _agent_id(asked)
        allowed = agent_id is not None and await agents.bring(agent_id, asked.get("password", ""))
        if allowed and agent_id is not None and not await limit.has_room(agent_id):
            log.warning("agent has connections enough", agent=str(agent_id))
            allowed = False
        return _say(allowed, "user", asked)

    @router.post("/vhost")
    async def virtual_host(request: Request) -> PlainTextResponse:
        """Say whether the agent may enter here."""
        asked = await _form(request)
        known = await _known(asked)
        return _say(known is not None, "vhost", asked)

    @router.post("/resource")
    async def resource(request: Request) -> PlainTextResponse:
        """Say whether the agent may use this exchange or queue so."""
        asked = await _form(request)
        known = await _known(asked)
        what = (asked.get("resource", ""), asked.get("name", ""), asked.get("permission", ""))
        return _say(known is not None and may_use(*what, known[0]), "resource", asked)

    @router.post("/topic")
    async def topic(request: Request) -> PlainTextResponse:
        """Say whether the agent may publish under this routing key."""
        asked = await _form(request)
        known = await _known(asked)
        what = (asked.get("name", ""), asked.get("permission", ""), asked.get("routing_key", ""))
        allowed = known is not None and may_publish(*what, known[1].team, known[1].user_id, known[0])
        return _say(allowed, "topic", asked)

    async def _known(asked: dict[str, str]) -> tuple[UUID, Caller] | None:
        agent_id = _agent_id(asked)
        if agent_id is None or asked.get("vhost") != vhost:
            return None
        known = await agents.known([agent_id])
        return (agent_id, known[agent_id]) if agent_id in known else None

    return router


async def _form(request: Request) -> dict[str, str]:
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return {name: values[-1] for name, values in parse_qs(body, max_num_fields=50).items()}
    except ValueError:
        return {}


def _agent_id(asked: dict[str, str]) -> UUID | None:
    name = asked.get("username", "")
    try:
        agent_id = UUID(name)
    except ValueError:
        return None
    # One spelling only: the name is part of the command queue's.
    return agent_id if str(agent_id) == name else None


def _say(allowed: bool, question: str, asked: dict[str, str]) -> PlainTextResponse:
    if not allowed:
        log.info("broker refused an agent", question=question, agent=str(_agent_id(asked)))
    return PlainTextResponse("allow" if allowed else "deny")
