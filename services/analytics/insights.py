"""Takes from the bus which insights people have shared."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from services.analytics.store import insights, people
from services.contracts.insights import INSIGHT_DELETED, INSIGHT_SHARED, InsightDeleted, InsightShared
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Database, is_transient

Told = InsightShared | InsightDeleted
_MESSAGE: TypeAdapter[Told] = TypeAdapter(Annotated[Told, Field(discriminator="kind")])
KINDS = frozenset({INSIGHT_SHARED, INSIGHT_DELETED})


class InsightConsumer:
    """Twice, late or out of order, the same messages leave the same rows. Other kinds are left alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        for index, message in enumerate(messages):
            if message.routing_key not in KINDS:
                continue
            try:
                told = _MESSAGE.validate_json(message.body)
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
                continue
            try:
                await self._take(told)
            except Exception as error:
                if is_transient(error):
                    raise Transient(type(error).__name__) from error
                raise
        return answers

    async def _take(self, told: Told) -> None:
        actor = TeamsCaller.of({told.team_id})
        about = {told.team_id} | ({told.user_id} if told.user_id else set())
        async with self._database.write(actor) as connection:
            if await people.departed_of(actor, connection, about):
                return
            gone = isinstance(told, InsightDeleted)
            await insights.put(actor, connection, told.insight_id, told.user_id, told.at, deleted=gone)
