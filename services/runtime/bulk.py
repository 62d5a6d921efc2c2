"""Many rows in one statement: `unnest` on PostgreSQL, its portable twin on SQLite."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, LargeBinary, Table, Uuid, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.runtime.db import UtcTime

Row = Mapping[str, Any]


async def upsert(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], guard: str | None = None
) -> int:
    """Insert the rows; where a primary key exists, replace the row if `guard` holds.

    `guard` is SQL that both databases read, over `excluded` (the new row) and the table's name (the old one).
    All rows must have all columns of the table; keys must be unique among them. Answers how many it wrote.
    """
    if not rows:
        return 0
    if connection.dialect.name == "postgresql":
        return await _by_unnest(connection, table, rows, guard)
    return await _one_by_one(connection, table, rows, guard)


async def _by_unnest(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], guard: str | None
) -> int:
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    picks = ", ".join(_pick(column) for column in columns)
    arrays = ", ".join(f"${place}::{_array(column)}" for place, column in enumerate(columns, start=1))
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    statement = (
        f'INSERT INTO "{table.name}" ({names}) SELECT {picks} FROM unnest({arrays}) AS new({names}) '  # noqa: S608
        f"ON CONFLICT ({keys}) DO UPDATE SET {_assignments(table)}"
    )
    if guard:
        statement += f" WHERE {guard}"
    values = tuple([_plain(column, row[column.name]) for row in rows] for column in columns)
    return (await connection.exec_driver_sql(statement, values)).rowcount


async def _one_by_one(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], guard: str | None
) -> int:
    statement = insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={column.name: statement.excluded[column.name] for column in _others(table)},
        where=text(guard) if guard else None,
    )
    return (await connection.execute(statement, [dict(row) for row in rows])).rowcount


def _others(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if not column.primary_key]


def _assignments(table: Table) -> str:
    return ", ".join(f'"{column.name}" = excluded."{column.name}"' for column in _others(table))


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _pick(column: Column[Any]) -> str:
    return f'new."{column.name}"::jsonb' if _is_json(column) else f'new."{column.name}"'


def _array(column: Column[Any]) -> str:
    kinds = (
        (Uuid, "uuid"), (UtcTime, "timestamptz"), (BigInteger, "bigint"), (Integer, "integer"),
        (Float, "double precision"), (Boolean, "boolean"), (LargeBinary, "bytea"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(column.type, kind)), "text") + "[]"


def _plain(column: Column[Any], value: Any) -> Any:
    return orjson.dumps(value).decode() if _is_json(column) and value is not None else value
