"""Letters that are to be sent, as rows: what each is about, and never a secret.

Ours are worded when they are sent; a letter that another service asked for brings its words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
    update,
)

from services.runtime.db import Connection, UtcTime


def mail_table(metadata: MetaData, prefix: str) -> Table:
    """The letters of one service, `<prefix>_mail`. A row is gone once its letter is sent or given up."""
    return Table(
        f"{prefix}_mail",
        metadata,
        # Never used twice: whoever still holds an order that was taken back must not end another.
        Column("id", Uuid, primary_key=True),
        Column("kind", String(32), nullable=False),
        Column("about", String(64), nullable=False),
        Column("address", Text, nullable=False),
        Column("details", JSON, nullable=False),
        Column("added_at", UtcTime, nullable=False),
        Column("due_at", UtcTime, nullable=False, index=True),
        Column("until", UtcTime, nullable=False),
        Column("attempts", Integer, nullable=False),
        Index(f"ix_{prefix}_mail_about", "kind", "about"),
    )


@dataclass(frozen=True, slots=True)
class Order:
    """A letter to be written and sent until then; `about` names what of its kind it is about."""

    kind: str
    about: str
    address: str
    until: datetime
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """An order that was taken; `attempts` counts this one, too."""

    id: UUID
    order: Order
    attempts: int


class Queue:
    """Works in its callers' transactions. A row that is taken is nobody else's until its lease ends."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def add(self, connection: Connection, order: Order, now: datetime) -> None:
        row = {
            "id": uuid4(),
            "kind": order.kind,
            "about": order.about,
            "address": order.address,
            "details": dict(order.details),
            "until": order.until,
        }
        times = {"added_at": now, "due_at": now}
        await connection.execute(insert(self._table).values(**row, **times, attempts=0))

    async def drop(self, connection: Connection, kind: str, about: str) -> None:
        """Take back what is not sent yet; a letter in somebody's hands may still go out."""
        mine = (self._table.c.kind == kind) & (self._table.c.about == about)
        await connection.execute(delete(self._table).where(mine))

    async def is_due(self, connection: Connection, now: datetime) -> bool:
        query = select(self._table.c.id).where(self._table.c.due_at <= now).limit(1)
        return (await connection.execute(query)).first() is not None

    async def take(self, connection: Connection, now: datetime, lease_until: datetime) -> Item | None:
        """Lease the row that has been due longest; of many takers each gets another."""
        own = self._table.c
        due = select(own.id).where(own.due_at <= now).order_by(own.due_at, own.added_at).limit(1)
        mine = own.id == due.with_for_update(skip_locked=True).scalar_subquery()
        taken = update(self._table).where(mine).values(due_at=lease_until, attempts=own.attempts + 1)
        row = (await connection.execute(taken.returning(*own))).mappings().first()
        if row is None:
            return None
        order = Order(row["kind"], row["about"], row["address"], row["until"], row["details"])
        return Item(row["id"], order, row["attempts"])

    async def put_off(self, connection: Connection, item: Item, due_at: datetime) -> bool:
        """Try again then; answers whether the order still stands."""
        later = update(self._table).where(self._table.c.id == item.id).values(due_at=due_at)
        return bool((await connection.execute(later)).rowcount)

    async def remove(self, connection: Connection, item: Item) -> bool:
        """Be done with it; answers whether the order still stood."""
        gone = delete(self._table).where(self._table.c.id == item.id)
        return bool((await connection.execute(gone)).rowcount)
