"""Takes what other services have noted into the audit log."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from services.auth.audit import AuditLog
from services.auth.domain.audit import Action, Note
from services.contracts.audit import SESSION_NOTED, SessionNoted
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Database, is_transient

ACTIONS: Mapping[str, Action] = {
    "deleted": "session.deleted",
    "visibility_changed": "session.visibility_changed",
}


class AuditConsumer:
    """What is told twice is one entry."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Write one batch down. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        noted: list[SessionNoted] = []
        for index, message in enumerate(messages):
            if message.routing_key != SESSION_NOTED:
                continue
            try:
                noted.append(SessionNoted.model_validate_json(message.body))
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
        try:
            async with self._database.write() as connection:
                # In the order of the teams, as everybody who appends to several chains.
                for one in sorted(noted, key=lambda one: one.team_id):
                    await self._audit.note(connection, [one.team_id], _note(one))
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        return answers


def _note(one: SessionNoted) -> Note:
    details: dict[str, object] = {"owner": str(one.owner_id)}
    if one.visibility is not None:
        details["visibility"] = one.visibility
    return Note(ACTIONS[one.deed], one.actor_id, str(one.session_id), details, str(one.event_id))
