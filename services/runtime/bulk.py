"""Many rows in one statement: `unnest` on PostgreSQL, its portable twin on SQLite."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Integer,
    LargeBinary,
    Table,
    Uuid,
    any_,
    literal,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
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


def insert_of(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT as this database knows it, with its `ON CONFLICT`."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def among(
    connection: AsyncConnection, column: ColumnElement[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """Whether the column is one of these. On PostgreSQL, however many they are, it is one statement."""
    found = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(literal(found, postgresql.ARRAY(column.type)))
    return column.in_(found)


@cache
def key_of(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    """What reads the primary key of the table's rows, one of several columns."""
    return itemgetter(*_several(column.name for column in table.primary_key))


@cache
def values_of(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    """What reads all columns of the table's rows, in the order in which `SELECT` gives them."""
    return itemgetter(*_several(column.name for column in table.columns))


@cache
def key_in(table: Table) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """What reads the primary key from all columns' values."""
    columns = list(table.columns)
    return itemgetter(*_several(columns.index(column) for column in table.primary_key))


def _several(of: Iterable[Any]) -> list[Any]:
    found = list(of)
    # Of one alone there would be no tuple.
    assert len(found) > 1
    return found


async def _by_unnest(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], guard: str | None
) -> int:
    columns = zip(*map(values_of(table), rows), strict=True)
    values = tuple(_written(column, each) for column, each in zip(table.columns, columns, strict=True))
    return (await connection.exec_driver_sql(_statement(table, guard), values)).rowcount


@cache
def _statement(table: Table, guard: str | None) -> str:
    columns = list(table.columns)
    names = ", ".join(f'"{column.name}"' for column in columns)
    picks = ", ".join(_pick(column) for column in columns)
    arrays = ", ".join(f"${place}::{_array(column)}" for place, column in enumerate(columns, start=1))
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    statement = (
        f'INSERT INTO "{table.name}" ({names}) SELECT {picks} FROM unnest({arrays}) AS new({names}) '  # noqa: S608
        f"ON CONFLICT ({keys}) DO UPDATE SET {_assignments(table)}"
    )
    return f"{statement} WHERE {guard}" if guard else statement


async def _one_by_one(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], guard: str | None
) -> int:
    statement = sqlite.insert(table)
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


def _written(column: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    if _is_json(column):
        return [None if value is None else orjson.dumps(value).decode() for value in values]
    return values
