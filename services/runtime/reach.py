"""Whose rows a transaction may touch; PostgreSQL's row-level security holds it to that.

SQLite has no such thing: there the conditions of each query stand alone. They are the same on PostgreSQL,
and what one of them forgets is refused there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

TEAMS, PERSONS = "td.teams", "td.persons"
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class Within(Protocol):
    """Who asks: the teams whose rows are theirs to touch, and the persons they are."""

    @property
    def teams(self) -> frozenset[UUID]: ...

    @property
    def persons(self) -> frozenset[UUID]: ...


@dataclass(frozen=True, slots=True)
class Nobody:
    """Touches what belongs to no team: outboxes, noted attempts, dead letters."""

    teams: frozenset[UUID] = frozenset()
    persons: frozenset[UUID] = frozenset()


NOBODY = Nobody()


async def enter(connection: AsyncConnection, who: Within, settings: Mapping[str, str] = NO_SETTINGS) -> None:
    """Limit the transaction that has just begun to what is theirs; nothing of it outlives the transaction.

    `settings` are PostgreSQL's own, for this transaction.
    """
    if not _is_guarded(connection):
        return
    own = {TEAMS: _joined(who.teams), PERSONS: _joined(who.persons)} if who.teams or who.persons else {}
    if found := {**own, **settings}:
        await connection.execute(select(*(func.set_config(name, found[name], True) for name in found)))


async def widen(
    connection: AsyncConnection, *, teams: Iterable[UUID] = (), persons: Iterable[UUID] = ()
) -> None:
    """Take in what the transaction has come to know of, or is about to make: a team, a person."""
    if _is_guarded(connection):
        await connection.execute(select(_added(TEAMS, teams), _added(PERSONS, persons)))


async def find(connection: AsyncConnection, service: str, what: str, key: str = "") -> None:
    """Take in the teams and persons that a secret, an address or a timer's question leads to.

    `<service>_reach` is the one function of a service that looks past row-level security, and it gives away
    ids alone. What it knows of `what` is in the service's migrations.
    """
    if _is_guarded(connection):
        await connection.execute(select(getattr(func, f"{service}_reach")(what, key)))


def _is_guarded(connection: AsyncConnection) -> bool:
    return connection.dialect.name == "postgresql"


def _added(setting: str, ids: Iterable[UUID]) -> ColumnElement[str]:
    before = func.nullif(func.current_setting(setting, True), "")
    return func.set_config(setting, func.concat_ws(",", before, func.nullif(_joined(ids), "")), True)


def _joined(ids: Iterable[UUID]) -> str:
    return ",".join(sorted({str(each) for each in ids}))
