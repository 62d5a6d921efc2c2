"""Takes sessions from the bus: into insight's own copy, and into incidents where they call for one."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from services.contracts.sessions import SessionDeleted, SessionState, SessionStates
from services.insight.alarms import Alarms, News
from services.insight.notices import Notices
from services.insight.store import alerts, people
from services.insight.store import projected as store
from services.insight.tables import sessions
from services.projection.store import put, state_row, tombstone
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Database, is_transient

Told = SessionState | SessionDeleted
_MESSAGE: TypeAdapter[SessionStates | SessionDeleted] = TypeAdapter(
    Annotated[SessionStates | SessionDeleted, Field(discriminator="kind")]
)


class SessionConsumer:
    """Twice, late or out of order, the same messages leave the same rows and tell nobody twice."""

    def __init__(self, database: Database, alarms: Alarms, notices: Notices) -> None:
        self._database = database
        self._alarms = alarms
        self._notices = notices

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        newest: dict[UUID, Told] = {}
        for index, message in enumerate(messages):
            try:
                told = _MESSAGE.validate_json(message.body)
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
                continue
            for each in told.states if isinstance(told, SessionStates) else (told,):
                _keep(newest, each)
        try:
            await self._store(newest)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        return answers

    async def _store(self, newest: dict[UUID, Told]) -> None:
        if not newest:
            return
        actor = TeamsCaller.of({_team(told) for told in newest.values()})
        async with self._database.write(actor) as connection:
            gone = await people.departed_of(actor, connection, actor.teams)
            kept = {key: newest[key] for key in sorted(newest) if _team(newest[key]) not in gone}
            before = await store.known(actor, connection, list(kept))
            await put(actor, connection, sessions, [_row(told) for told in kept.values()])
            fresh = {
                key: told
                for key, told in kept.items()
                if key not in before or _place(told) > before[key].place
            }
            deleted = [key for key, told in fresh.items() if isinstance(told, SessionDeleted)]
            await alerts.forget_sessions(actor, connection, deleted)
            news = [
                News(told.session, before[key].status if key in before else None)
                for key, told in fresh.items()
                if isinstance(told, SessionState)
            ]
            await self._alarms.judge(actor, connection, news)
        self._notices.wake()


def _row(told: Told) -> dict[str, object]:
    return tombstone(told) if isinstance(told, SessionDeleted) else state_row(told)


def _team(told: Told) -> UUID:
    return told.team_id if isinstance(told, SessionDeleted) else told.session.team_id


def _place(told: Told) -> tuple[int, bool]:
    """Where it comes in the order of what is told of a session; a deletion outweighs its version's state."""
    deleted = isinstance(told, SessionDeleted)
    return told.version if isinstance(told, SessionDeleted) else told.session.version, deleted


def _keep(newest: dict[UUID, Told], told: Told) -> None:
    key = told.session_id if isinstance(told, SessionDeleted) else told.session.id
    if key not in newest or _place(told) >= _place(newest[key]):
        newest[key] = told
