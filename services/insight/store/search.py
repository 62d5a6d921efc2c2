"""What insights are found by: their words and their tags."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, cast, delete, func, insert, literal, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import insights, tags, words
from services.runtime.auth import Actor, Caller
from services.runtime.bulk import Row, insert_of
from services.runtime.words import every_word

MOST_ALIKE = 200


async def put_words(actor: Actor, connection: AsyncConnection, row: Row) -> None:
    """Make an insight found by the words of its title, text and tags."""
    assert row["team_id"] in actor.teams
    found = every_word((row["title"], row["content"], *row["tags"]))
    values = {"insight_id": row["id"], "team_id": row["team_id"], "words": f" {' '.join(found)} "}
    statement = insert_of(connection, words).values(**values)
    statement = statement.on_conflict_do_update(
        index_elements=[words.c.insight_id], set_={"words": statement.excluded.words}
    )
    await connection.execute(statement)


async def put_tags(actor: Actor, connection: AsyncConnection, row: Row) -> None:
    """Make an insight found by exactly the tags it has."""
    assert row["team_id"] in actor.teams
    await connection.execute(delete(tags).where(tags.c.insight_id == row["id"]))
    key = {"insight_id": row["id"], "team_id": row["team_id"]}
    if row["tags"]:
        await connection.execute(insert(tags), [key | {"tag": tag} for tag in row["tags"]])


def tagged(caller: Caller, named: Sequence[str]) -> Select[tuple[UUID]]:
    """The insights with one of these tags."""
    return select(tags.c.insight_id).where(tags.c.team_id == caller.team_id, tags.c.tag.in_(named))


def spoken_of(caller: Caller, connection: AsyncConnection, sought: Sequence[str]) -> Select[tuple[UUID]]:
    """The insights with all of these words, of which the last may be a beginning."""
    *whole, last = sought
    if connection.dialect.name == "postgresql":
        held = _matches(" & ".join(f"'{word}'" for word in sought) + ":*")
    else:
        held = and_(*(_holds(f" {word} ") for word in whole), _holds(f" {last}"))
    return select(words.c.insight_id).where(words.c.team_id == caller.team_id, held)


async def with_any(caller: Caller, connection: AsyncConnection, sought: Collection[str]) -> list[Row]:
    """Id, title, state and votes of the newest insights that are in force and have one of these words."""
    if connection.dialect.name == "postgresql":
        held = _matches(" | ".join(f"'{word}'" for word in sorted(sought)))
    else:
        held = or_(*(_holds(f" {word} ") for word in sorted(sought)))
    found = select(words.c.insight_id).where(words.c.team_id == caller.team_id, held)
    query = (
        select(insights.c.id, insights.c.title, insights.c.state, insights.c.upvotes)
        .where(insights.c.team_id == caller.team_id, insights.c.state != "retired", insights.c.id.in_(found))
        .order_by(insights.c.created_at.desc(), insights.c.id.desc())
        .limit(MOST_ALIKE)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def tags_in_use(caller: Caller, connection: AsyncConnection) -> list[tuple[str, int]]:
    """The tags of insights that are in force, each with their number, the most used first."""
    used = func.count().label("used")
    query = (
        select(tags.c.tag, used)
        .join(insights, insights.c.id == tags.c.insight_id)
        .where(tags.c.team_id == caller.team_id, insights.c.state != "retired")
        .group_by(tags.c.tag)
        .order_by(used.desc(), tags.c.tag)
    )
    return [(row[0], row[1]) for row in await connection.execute(query)]


def _matches(question: str) -> ColumnElement[Any]:
    return words.c.words.op("@@", is_comparison=True)(cast(literal(question), TSQUERY))


def _holds(text: str) -> ColumnElement[bool]:
    return func.instr(words.c.words, text) > 0
