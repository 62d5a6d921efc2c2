"""Reads what is held of one person, in every team they were ever in, a page at a time."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Table, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import (
    alerts,
    comments,
    feeds,
    insights,
    letters,
    notification_preferences,
    notifications,
    users,
    votes,
)
from services.runtime.auth import Caller
from services.runtime.bulk import Row
from services.runtime.reach import find

# Of each list its table, whose it is, and the columns of its order.
OWN: Mapping[str, tuple[Table, str, Sequence[str]]] = {
    "insights": (insights, "shared_by", ("created_at", "id")),
    "comments": (comments, "user_id", ("created_at", "id")),
    "votes": (votes, "user_id", ("at", "insight_id")),
    "feeds": (feeds, "user_id", ("made_at", "team_id")),
    "notifications": (notifications, "user_id", ("created_at", "id")),
    "notification_preferences": (notification_preferences, "user_id", ("team_id",)),
    "waiting_letters": (letters, "user_id", ("added_at", "id")),
    "alerts": (alerts, "user_id", ("opened_at", "id")),
}
# The digest of a secret is not a person's.
LEFT_OUT = frozenset({"secret_hash"})


async def teams(caller: Caller, connection: AsyncConnection) -> frozenset[UUID]:
    """The teams in which anything is held of the caller, those they have left included."""
    await find(connection, "insight", "person", str(caller.user_id))
    await find(connection, "insight_notices", "person", str(caller.user_id))
    found: set[UUID] = set()
    for table, whose, _ in OWN.values():
        query = select(table.c.team_id).where(table.c[whose] == caller.user_id).distinct()
        found.update((await connection.execute(query)).scalars())
    return frozenset(found)


async def known_name(caller: Caller, connection: AsyncConnection) -> str | None:
    """What they are called where names are shown."""
    query = select(users.c.username).where(users.c.user_id == caller.user_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def page(
    caller: Caller, connection: AsyncConnection, name: str, after: Row | None, limit: int
) -> Sequence[Row]:
    """A page of one list, from behind a row; the transaction is of all of their teams."""
    table, whose, names = OWN[name]
    order = [table.c[each] for each in names]
    columns = [column for column in table.columns if column.name not in LEFT_OUT]
    query = select(*columns).where(table.c[whose] == caller.user_id).order_by(*order).limit(limit)
    if after is not None:
        last = tuple_(*(literal(after[one.name], one.type) for one in order))
        query = query.where(tuple_(*order) > last)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
