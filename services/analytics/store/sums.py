"""Sums that are exact whatever their size, on both databases."""

from typing import Any

from sqlalchemy import Dialect, String, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

LOW_BITS = 31
LOW = 2**LOW_BITS - 1


class _Whole(TypeDecorator[int]):
    """An integer of any size."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        if value is None:
            return None
        if isinstance(value, str):
            high, _, low = value.partition(":")
            return (int(high) << LOW_BITS) + int(low)
        return int(value)


class exact_sum(FunctionElement[int]):  # noqa: N801 - written like SQL's own `sum`
    """`sum(column)`, which on SQLite refuses what 64 bits do not hold: there its halves are summed."""

    type = _Whole()
    inherit_cache = True


@compiles(exact_sum, "postgresql")
def _sum(element: exact_sum, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    return f"sum({compiler.process(column, **options)})"


@compiles(exact_sum)
def _halves(element: exact_sum, compiler: SQLCompiler, **options: Any) -> str:
    (column,) = element.clauses
    summed = compiler.process(column, **options)
    return f"sum({summed} >> {LOW_BITS}) || ':' || sum({summed} & {LOW})"
