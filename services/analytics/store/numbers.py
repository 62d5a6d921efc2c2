"""Whether a column is one of many numbers: one statement on each database, however many they are."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Dialect, Integer, String, TypeDecorator, and_, false, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean, TypeEngine


class _Numbers(TypeDecorator[list[int]]):
    """An array, or JSON where there are none."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Integer) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


def is_one_of(column: ColumnElement[int], numbers: Iterable[int]) -> ColumnElement[bool]:
    """SQL for whether the column is one of these.

    It names the first and the last of them as well: else PostgreSQL may read all there is, and then choose.
    """
    found = sorted(set(numbers))
    if not found:
        return false()
    within = and_(column >= found[0], column <= found[-1])
    return (
        within
        if found[-1] - found[0] < len(found)
        else and_(within, _Among(column, literal(found, _Numbers())))
    )


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"({column} = ANY ({numbers}))"


@compiles(_Among)
def _listed(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, numbers = (compiler.process(each, **options) for each in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({numbers})))"  # noqa: S608
