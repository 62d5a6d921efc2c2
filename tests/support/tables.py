"""Every table of every service, and rows for any of them."""

import itertools
from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Boolean, Column, Float, Integer, LargeBinary, Table, Uuid, select

from services.runtime.db import Database, UtcTime
from services.targets import SERVICES
from tests.support.rows import every_row

TABLES: Mapping[str, Table] = {
    table.name: table
    for service in ("runtime", *SERVICES)
    for table in import_module(f"services.{service}.tables").metadata.sorted_tables
}
_NUMBERS = itertools.count(1_000_000)


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, by the table's name."""
    found = {}
    async with every_row(database) as connection:
        for name, table in TABLES.items():
            rows = (await connection.execute(select(table))).mappings()
            found[name] = [dict(row) for row in rows]
    return found


def filled(table: Table, at: datetime, /, **given: Any) -> dict[str, Any]:
    """A row that the table takes, unlike any other; whatever it says of a time says `at`."""
    return {
        column.name: given[column.name] if column.name in given else _value(column, at)
        for column in table.columns
    }


def _value(column: Column[Any], at: datetime) -> Any:
    kind = column.type
    if isinstance(kind, UtcTime):
        return None if column.nullable else at
    if column.nullable:
        return None
    made: list[tuple[type[Any], Any]] = [
        (Uuid, uuid4()), (Boolean, False), (Float, 1.0), (JSON, {}), (LargeBinary, b"x"),
        (Integer, next(_NUMBERS)),
    ]  # fmt: skip
    found = next((value for one, value in made if isinstance(kind, one)), None)
    return uuid4().hex[: getattr(kind, "length", None) or 32] if found is None else found
