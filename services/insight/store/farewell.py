"""What there is of a person, and the taking away of their name."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import comments, insights, members, votes
from services.runtime.auth import TeamsCaller
from services.runtime.reach import find


async def teams_of(_nobody: None, connection: AsyncConnection, user_id: UUID) -> Sequence[UUID]:
    """The teams in which something is kept of a person; they are then within reach."""
    await find(connection, "insight", "person", str(user_id))
    query = union(
        select(members.c.team_id).where(members.c.user_id == user_id),
        select(insights.c.team_id).where(insights.c.shared_by == user_id),
        select(comments.c.team_id).where(comments.c.user_id == user_id),
        select(votes.c.team_id).where(votes.c.user_id == user_id),
    )
    return list((await connection.execute(query)).scalars())


async def lock_parts(actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> None:
    """Lock all insights that a person has shared, commented on or voted for."""
    said = select(comments.c.insight_id).where(
        comments.c.user_id == user_id, comments.c.team_id.in_(actor.teams)
    )
    voted = select(votes.c.insight_id).where(votes.c.user_id == user_id, votes.c.team_id.in_(actor.teams))
    part = or_(insights.c.shared_by == user_id, insights.c.id.in_(said), insights.c.id.in_(voted))
    query = select(insights.c.id).where(insights.c.team_id.in_(actor.teams), part)
    await connection.execute(query.order_by(insights.c.id).with_for_update())


async def voted_by(actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> Sequence[UUID]:
    """The insights that a person has voted for."""
    query = select(votes.c.insight_id).where(votes.c.user_id == user_id, votes.c.team_id.in_(actor.teams))
    return list((await connection.execute(query.order_by(votes.c.insight_id))).scalars())


async def make_nameless(actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> None:
    """Leave what a person shared and said to the team, as nobody's."""
    for table, column in ((insights, insights.c.shared_by), (comments, comments.c.user_id)):
        mine = update(table).where(column == user_id, table.c.team_id.in_(actor.teams))
        await connection.execute(mine.values({column.name: None}))
