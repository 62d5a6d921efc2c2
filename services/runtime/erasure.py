"""Takes everything of some teams out of a service's tables, whatever tables it has."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Column, MetaData, RowMapping, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.runtime.auth import TeamsCaller

AT_ONCE = 500


async def erase(
    actor: TeamsCaller, connection: AsyncConnection, metadata: MetaData, persons: Collection[UUID]
) -> dict[str, int]:
    """Delete the rows of the actor's teams, and what is kept of these persons apart from any team.

    A row is a team's where its `team_id` may not be null; else it is a person's where it has a `user_id`.
    Answers how many rows went, by table.
    """
    gone: dict[str, int] = {}
    for table in reversed(metadata.sorted_tables):
        if (owner := _owner(table)) is not None:
            ids = actor.teams if owner.name == "team_id" else persons
            result = await connection.execute(delete(table).where(owner.in_(sorted(ids))))
            gone[table.name] = result.rowcount
    return gone


async def erase_messages(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, persons: Collection[UUID]
) -> int:
    """Delete the rows of an outbox, or of the dead letters, that name one of the teams or persons."""
    ids = await messages_about(actor, connection, table, persons)
    for start in range(0, len(ids), AT_ONCE):
        await connection.execute(delete(table).where(table.c.id.in_(ids[start : start + AT_ONCE])))
    return len(ids)


async def messages_about(
    actor: TeamsCaller, connection: AsyncConnection, table: Table, persons: Collection[UUID] = ()
) -> list[int]:
    """Give the ids of the rows of such a table that name one of the actor's teams or these persons."""
    names = [str(each) for each in (*actor.teams, *persons)]
    rows = (await connection.execute(select(table))).mappings()
    return [row["id"] for row in rows if any(name in _text(row) for name in names)]


def _owner(table: Table) -> Column[UUID] | None:
    team = table.c.get("team_id")
    if team is not None and not team.nullable:
        return team
    return table.c.get("user_id")


def _text(row: RowMapping) -> str:
    return " ".join(
        value.decode(errors="replace") if isinstance(value, bytes) else str(value) for value in row.values()
    )
