"""Takes sessions from the bus into a projection."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import Table

from services.contracts.sessions import SessionDeleted, SessionStates
from services.projection.store import Row, put, state_row, tombstone
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Database, is_transient

_MESSAGE: TypeAdapter[SessionStates | SessionDeleted] = TypeAdapter(
    Annotated[SessionStates | SessionDeleted, Field(discriminator="kind")]
)


class ProjectionConsumer:
    """Twice, late or out of order, the same messages leave the same rows."""

    def __init__(self, database: Database, table: Table) -> None:
        self._database = database
        self._table = table

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Store one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        rows: list[Row] = []
        for index, message in enumerate(messages):
            try:
                rows += _rows(message.body)
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
        actor = TeamsCaller.of({row["team_id"] for row in rows})
        try:
            async with self._database.write(actor) as connection:
                await put(actor, connection, self._table, rows)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        return answers


def _rows(body: bytes) -> list[Row]:
    told = _MESSAGE.validate_json(body)
    if isinstance(told, SessionDeleted):
        return [tombstone(told)]
    return [state_row(state) for state in told.states]
