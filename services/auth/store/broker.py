"""Which tokens agents have brought to the broker, and which agents are to be cut off there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.tables import api_tokens, broker_cuts, broker_logins
from services.runtime.auth import Anonymous, Caller, TeamsCaller
from services.runtime.auth.store import Right
from services.runtime.auth.tables import auth_rights
from services.runtime.reach import find

brought, cuts = broker_logins.c, broker_cuts.c


@dataclass(frozen=True, slots=True)
class Cut:
    """An agent whose connections are to be closed; they were at `done_at`, and are once more later."""

    agent_id: UUID
    noted_at: datetime
    done_at: datetime | None


async def note(caller: Caller, connection: AsyncConnection, agent_id: UUID, at: datetime) -> None:
    """Remember the caller's token for the agent, as the newest."""
    row = _insert(connection)(broker_logins).values(agent_id=agent_id, token_id=caller.sid, seen_at=at)
    key = ["agent_id", "token_id"]
    await connection.execute(row.on_conflict_do_update(index_elements=key, set_={"seen_at": at}))


async def brought_by(_actor: TeamsCaller, connection: AsyncConnection, agent_id: UUID) -> Sequence[str]:
    """The ids of all tokens that an agent has logged in with."""
    query = select(brought.token_id).where(brought.agent_id == agent_id).order_by(brought.token_id)
    return list((await connection.execute(query)).scalars())


async def rights(
    _nobody: Anonymous, connection: AsyncConnection, agent_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[Right]]:
    """The rights of the token that each agent brought last; none where that has ended."""
    await find(connection, "auth_broker", "agents", ",".join(map(str, agent_ids)))
    query = select(brought.agent_id, brought.token_id).where(brought.agent_id.in_(agent_ids))
    last = dict(map(tuple, await connection.execute(query.order_by(brought.seen_at))))
    rows = await connection.execute(select(auth_rights).where(auth_rights.c.sid.in_(set(last.values()))))
    found: dict[str, list[Right]] = {}
    for row in rows.mappings():
        found.setdefault(row["sid"], []).append(Right(**row))
    return {agent_id: found.get(token_id, []) for agent_id, token_id in last.items()}


async def cut(
    _actor: Caller | TeamsCaller | Anonymous,
    connection: AsyncConnection,
    at: datetime,
    *,
    agent_id: UUID | None = None,
    token_id: str | None = None,
    user_id: UUID | None = None,
    team_id: UUID | None = None,
) -> None:
    """Write down that agents are to be cut off: this one, or all whose tokens have all these marks."""
    agents = {agent_id} if agent_id else set()
    named = {"id": token_id, "user_id": user_id, "team_id": team_id}
    marks: list[ColumnElement[bool]] = [api_tokens.c[name] == value for name, value in named.items() if value]
    if marks:
        query = select(brought.agent_id).join(api_tokens, api_tokens.c.id == brought.token_id)
        # First the tokens, as whoever revokes one: else the two wait for each other.
        marked = query.where(and_(*marks)).order_by(api_tokens.c.id).with_for_update(of=api_tokens)
        agents |= set((await connection.execute(marked)).scalars())
    if not agents:
        return
    rows: list[dict[str, Any]] = [
        {"agent_id": each, "noted_at": at, "done_at": None} for each in sorted(agents)
    ]
    row = _insert(connection)(broker_cuts).values(rows)
    anew = {"noted_at": at, "done_at": None}
    await connection.execute(row.on_conflict_do_update(index_elements=["agent_id"], set_=anew))


async def due(_nobody: Anonymous, connection: AsyncConnection, before: datetime, limit: int) -> Sequence[Cut]:
    """Those not yet done, and those noted before this moment, which are to be done once more."""
    todo = or_(cuts.done_at.is_(None), cuts.noted_at <= before)
    query = (
        select(cuts.agent_id, cuts.noted_at, cuts.done_at).where(todo).order_by(cuts.noted_at).limit(limit)
    )
    return [Cut(*row) for row in await connection.execute(query)]


async def done(_nobody: Anonymous, connection: AsyncConnection, one: Cut, at: datetime) -> None:
    """Note that it was done, unless it was noted anew meanwhile."""
    await connection.execute(update(broker_cuts).where(_same(one)).values(done_at=at))


async def forget(_nobody: Anonymous, connection: AsyncConnection, one: Cut) -> None:
    """Forget it, unless it was noted anew meanwhile."""
    await connection.execute(delete(broker_cuts).where(_same(one)))


def _same(one: Cut) -> ColumnElement[bool]:
    return and_(cuts.agent_id == one.agent_id, cuts.noted_at == one.noted_at)


def _insert(connection: AsyncConnection) -> Any:
    return postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
