"""A transaction past row-level security, for tests that look at, or break, what no caller may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from services.runtime.db import Connection, Database
from services.runtime.reach import NOBODY, widen

# Each of these tables has a policy for the `<service>_reach` functions.
TEAMS = {"teams": "id", "sessions": "team_id", "agents": "team_id", "audit_chains": "team_id"}
PERSONS = {"users": "id"}


@asynccontextmanager
async def every_row(database: Database) -> AsyncIterator[Connection]:
    """One transaction that may write, in reach of every team and person there is."""
    async with database.write(NOBODY) as connection:
        if database.dialect == "postgresql":
            await connection.execute(text("SELECT set_config('td.finding', 'on', true)"))
            teams, persons = await _ids(connection, TEAMS), await _ids(connection, PERSONS)
            await connection.execute(text("SELECT set_config('td.finding', '', true)"))
            await widen(connection, teams=teams, persons=persons)
        yield connection


async def _ids(connection: Connection, where: dict[str, str]) -> set[object]:
    found: set[object] = set()
    for table, column in where.items():
        if (await connection.execute(text(f"SELECT to_regclass('{table}')"))).scalar():
            rows = await connection.execute(text(f"SELECT {column} FROM {table}"))
            found.update(rows.scalars())
    return found
