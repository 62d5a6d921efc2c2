"""The audit log. Entries are added, and dropped for their age; nothing changes them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain.audit import BEGINNING, Chain, Entry
from services.auth.tables import audit_chains, audit_entries
from services.runtime.auth import Actor, Anonymous
from services.runtime.reach import find

own = audit_entries.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; `before` is the number that a page ends below."""

    team_id: UUID
    actions: Sequence[str] = ()
    actors: Sequence[UUID] = ()
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


async def lock_chain(_actor: Actor | Anonymous, connection: AsyncConnection, team_id: UUID) -> Chain:
    """The team's chain, begun where there is none, and locked until the transaction ends."""
    begin = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    none = {"first_n": 0, "first_hash": BEGINNING, "last_n": 0, "last_hash": BEGINNING}
    row = begin(audit_chains).values(team_id=team_id, **none)
    await connection.execute(row.on_conflict_do_nothing())
    mine = select(audit_chains).where(audit_chains.c.team_id == team_id).with_for_update()
    return Chain(**(await connection.execute(mine)).mappings().one())


async def is_noted(
    _actor: Actor | Anonymous, connection: AsyncConnection, team_id: UUID, event_id: str
) -> bool:
    query = select(func.count()).where(own.team_id == team_id, own.event_id == event_id)
    return bool((await connection.execute(query)).scalar())


async def add(_actor: Actor | Anonymous, connection: AsyncConnection, entry: Entry) -> None:
    """Add the entry that follows the locked chain."""
    await connection.execute(insert(audit_entries).values(asdict(entry)))
    moved = update(audit_chains).where(audit_chains.c.team_id == entry.team_id)
    await connection.execute(moved.values(last_n=entry.n, last_hash=entry.hash))


async def drop_before(
    _actor: Actor | Anonymous, connection: AsyncConnection, team_id: UUID, at: datetime
) -> int:
    """Drop the entries of a locked chain that are older, and remember where it begins now.

    Answers how many there were.
    """
    old = and_(own.team_id == team_id, own.at < at)
    query = select(own.n, own.hash).where(old).order_by(own.n.desc()).limit(1)
    newest = (await connection.execute(query)).first()
    if newest is None:
        return 0
    dropped = await connection.execute(delete(audit_entries).where(own.team_id == team_id, own.n <= newest.n))
    moved = update(audit_chains).where(audit_chains.c.team_id == team_id)
    await connection.execute(moved.values(first_n=newest.n, first_hash=newest.hash))
    return dropped.rowcount


async def page(_actor: Actor, connection: AsyncConnection, wanted: Wanted, limit: int) -> Sequence[Entry]:
    """Entries of a team, newest first; ask for the caller's role before."""
    query = select(audit_entries).where(*_conditions(wanted)).order_by(own.n.desc()).limit(limit)
    return [Entry(**row) for row in (await connection.execute(query)).mappings()]


async def chains(_nobody: Anonymous, connection: AsyncConnection) -> Sequence[Chain]:
    """Every team's chain."""
    await find(connection, "auth", "audited")
    query = select(audit_chains).order_by(audit_chains.c.team_id)
    return [Chain(**row) for row in (await connection.execute(query)).mappings()]


async def teams_with(_nobody: Anonymous, connection: AsyncConnection, before: datetime) -> Sequence[UUID]:
    """The teams that have entries which are older than this moment."""
    await find(connection, "auth", "audited")
    older = exists().where(own.team_id == audit_chains.c.team_id, own.at < before)
    query = select(audit_chains.c.team_id).where(older).order_by(audit_chains.c.team_id)
    return list((await connection.execute(query)).scalars())


async def following(
    _nobody: Anonymous, connection: AsyncConnection, chain: Chain, n: int, limit: int
) -> Sequence[Entry]:
    """Entries after the `n`th, in their order."""
    query = select(audit_entries).where(own.team_id == chain.team_id, own.n > n).order_by(own.n).limit(limit)
    return [Entry(**row) for row in (await connection.execute(query)).mappings()]


def _conditions(wanted: Wanted) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [own.team_id == wanted.team_id]
    if wanted.actions:
        found.append(own.action.in_(wanted.actions))
    if wanted.actors:
        found.append(own.actor_id.in_(wanted.actors))
    if wanted.since is not None:
        found.append(own.at >= wanted.since)
    if wanted.until is not None:
        found.append(own.at < wanted.until)
    if wanted.before is not None:
        found.append(own.n < wanted.before)
    return found
