"""What sessions are found by: their words and their tags."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    any_,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    table,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.domain.words import SEARCHED, theirs, words_of
from services.ingest.tables import session_tags, session_words, sessions
from services.runtime.auth import Actor, Caller
from services.runtime.bulk import Row, insert_of

# The policy of `session_words` reads it: there it may use an index, which a condition of ours may not.
SOUGHT = "td.sought"
FEW = 1_000
session_search = table("session_search", column("rowid"), column("session_search"))
# SQLite's note that words are gone which the index still holds, written by its triggers.
session_words_forgotten = table("session_words_forgotten", column("place"))


async def put_words(
    actor: Actor, connection: AsyncConnection, rows: Sequence[Row], before: Mapping[UUID, Row]
) -> None:
    """Write down the words of the sessions in which something to be found by differs from `before`."""
    assert all(row["team_id"] in actor.teams for row in rows)
    changed = [
        {"session_id": row["id"], "team_id": row["team_id"], "words": words_of(row)}
        for row in rows
        if not _is_found_alike(row, before.get(row["id"]))
    ]
    if not changed:
        return
    statement = insert_of(connection, session_words)
    statement = statement.on_conflict_do_update(
        index_elements=[session_words.c.session_id], set_={"words": statement.excluded.words}
    )
    await connection.execute(statement, changed)


async def put_tags(actor: Actor, connection: AsyncConnection, row: Row) -> None:
    """Make a session found by exactly the tags it has."""
    assert row["team_id"] in actor.teams
    await connection.execute(delete(session_tags).where(session_tags.c.session_id == row["id"]))
    key = {"session_id": row["id"], "team_id": row["team_id"]}
    if row["tags"]:
        await connection.execute(insert(session_tags), [key | {"tag": tag} for tag in row["tags"]])


async def is_word_forgotten(_nobody: None, connection: AsyncConnection) -> bool:
    """Whether SQLite's index holds words that no session has any more."""
    if connection.dialect.name != "sqlite":
        return False
    query = select(session_words_forgotten.c.place).limit(1)
    return (await connection.execute(query)).first() is not None


async def merge_words(_nobody: None, connection: AsyncConnection) -> None:
    """Have SQLite's index hold the words that sessions have, and no others."""
    await connection.execute(delete(session_words_forgotten))
    await connection.execute(insert(session_search).values(session_search="optimize"))


async def found(
    caller: Caller, connection: AsyncConnection, words: Sequence[str] | None, tags: Sequence[str]
) -> ColumnElement[bool] | None:
    """Whether a session has all of these words, the last one perhaps as a beginning, and one of these tags.

    `None` where no session has. No words asked for are `None`; none at all are found nowhere. The condition
    holds within this transaction, and one such question alone.
    """
    if words is None:
        return await _among(connection, _tagged(caller, tags)) if tags else true()
    if not words:
        return None
    query = await _spoken_of(caller, connection, words)
    if tags:
        query = query.where(session_words.c.session_id.in_(_tagged(caller, tags)))
    return await _among(connection, query)


async def _spoken_of(
    caller: Caller, connection: AsyncConnection, words: Sequence[str]
) -> Select[tuple[UUID]]:
    query = select(session_words.c.session_id)
    own = list(theirs(caller.team, words))
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.set_config(SOUGHT, _as_tsquery(own), True)))
        return query
    matching = select(session_search.c.rowid).where(
        session_search.c.session_search.op("MATCH")(_as_match(own))
    )
    return query.where(session_words.c.place.in_(matching))


def _tagged(caller: Caller, tags: Sequence[str]) -> Select[tuple[UUID]]:
    query = select(session_tags.c.session_id).where(session_tags.c.team_id == caller.team_id)
    return query.where(session_tags.c.tag.in_(tags))


async def _among(connection: AsyncConnection, query: Select[tuple[UUID]]) -> ColumnElement[bool] | None:
    """Whether a session is among those found; `None` where there are none.

    A few are named. Of many, most of those sorted would not be shown: so PostgreSQL takes the sessions in the
    order of the list and looks each up, until a page is full; it does not find that out by itself.
    """
    ids = (await connection.execute(query.limit(FEW + 1))).scalars().all()
    if not ids:
        return None
    is_postgresql = connection.dialect.name == "postgresql"
    if len(ids) <= FEW:
        named = literal(list(ids), ARRAY(Uuid))
        return sessions.c.id == any_(named) if is_postgresql else sessions.c.id.in_(ids)
    if not is_postgresql:
        return sessions.c.id.in_(query)
    own = query.selected_columns.session_id == sessions.c.id
    return query.where(own).with_only_columns(true()).limit(1).correlate(sessions).scalar_subquery()


def _is_found_alike(row: Row, before: Row | None) -> bool:
    return before is not None and all(row[name] == before[name] for name in (*SEARCHED, "tags"))


def _as_tsquery(words: Iterable[str]) -> str:
    return " & ".join(f"'{word}'" for word in words) + ":*"


def _as_match(words: Iterable[str]) -> str:
    return " ".join(f'"{word}"' for word in words) + "*"
