"""How PostgreSQL goes about a query that a store makes, under the row-level security of whoever asks."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event

from services.ingest.api.listing import asked, paged
from services.ingest.store.sessions import list_sessions
from services.runtime.auth import Caller
from services.runtime.db import Connection, Database
from tests.load.questions import Parameters


@dataclass(frozen=True, slots=True)
class Scan:
    """One way into a table; `condition` is what the index is asked."""

    kind: str
    table: str
    index: str
    condition: str

    @property
    def is_by_index(self) -> bool:
        """Whether it reads what the index finds, and no more."""
        return bool(self.index and self.condition)


async def scans(
    database: Database, caller: Caller, parameters: Parameters, *, without_seqscan: bool = False
) -> list[Scan]:
    """How the list that is asked for would be read, table by table."""

    async def read(connection: Connection) -> None:
        await list_sessions(caller, connection, listing_of(parameters))

    return await scans_of(database, caller, read, without_seqscan=without_seqscan)


async def scans_of(
    database: Database,
    caller: Caller,
    read: Callable[[Connection], Awaitable[Any]],
    *,
    without_seqscan: bool = False,
) -> list[Scan]:
    """How what is read would be, table by table.

    Small tables are read whole whatever indexes they have; `without_seqscan` tells whether they had to be.
    """
    known: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        known.append((statement, values))

    async with database.read(caller) as connection:
        if without_seqscan:
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        event.listen(database.engine.sync_engine, "before_cursor_execute", remember)
        try:
            await read(connection)
        finally:
            event.remove(database.engine.sync_engine, "before_cursor_execute", remember)
        asked_ = [one for one in known if "set_config" not in one[0]]
        return [scan for one in asked_ for scan in _scans(await _plan(connection, *one))]


def listing_of(parameters: Parameters) -> Any:
    """What the API makes of a question's parameters."""
    many = ("status", "user_id", "tag", "tool", "project", "repository", "branch", "visibility")
    given = {name: value for name, value in parameters.items() if name not in {"limit", "cursor"}}
    for name in many:
        if isinstance(value := given.get(name), str):
            given[name] = [UUID(value) if name == "user_id" else value]
    if since := given.get("active_since"):
        given["active_since"] = datetime.fromisoformat(since)
    return paged(asked(**given), parameters.get("limit", 50), parameters.get("cursor"))


async def _plan(connection: Connection, statement: str, values: Any) -> dict[str, Any]:
    result = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)
    plan = result.scalar_one()
    whole = json.loads(plan) if isinstance(plan, str) else plan
    return dict(whole[0]["Plan"])


def _scans(node: dict[str, Any], within: str = "") -> Iterator[Scan]:
    table = node.get("Relation Name", within)
    if "Scan" in node["Node Type"] and node["Node Type"] not in {"Subquery Scan", "Bitmap Heap Scan"}:
        condition = node.get("Index Cond", "")
        yield Scan(node["Node Type"], table, node.get("Index Name", ""), condition)
    for inner in node.get("Plans", ()):
        yield from _scans(inner, table)
