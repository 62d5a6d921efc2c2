"""Takes what other services have noted into the audit log."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import ValidationError

from services.auth.audit import AuditLog
from services.auth.domain.audit import Action, Note
from services.auth.store import memberships
from services.contracts.audit import (
    COMMAND_NOTED,
    DATA_EXPORTED,
    FIGURES_EXPORTED,
    SESSION_NOTED,
    WEBHOOK_NOTED,
    CommandNoted,
    DataExported,
    FiguresExported,
    SessionNoted,
    WebhookDeed,
    WebhookNoted,
)
from services.runtime.auth import ANONYMOUS, TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Connection, Database, is_transient
from services.runtime.reach import widen

ACTIONS: Mapping[str, Action] = {
    "deleted": "session.deleted",
    "exported": "session.exported",
    "visibility_changed": "session.visibility_changed",
    "asked": "command.asked",
    "ended": "command.ended",
}
WEBHOOK_ACTIONS: Mapping[WebhookDeed, Action] = {
    "made": "webhook.made",
    "changed": "webhook.changed",
    "removed": "webhook.removed",
    "tested": "webhook.tested",
}
Noted = SessionNoted | CommandNoted | DataExported | FiguresExported | WebhookNoted
NOTED: Mapping[str, type[Noted]] = {
    SESSION_NOTED: SessionNoted,
    COMMAND_NOTED: CommandNoted,
    DATA_EXPORTED: DataExported,
    FIGURES_EXPORTED: FiguresExported,
    WEBHOOK_NOTED: WebhookNoted,
}


class AuditConsumer:
    """What is told twice is one entry."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database = database
        self._audit = audit

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Write one batch down. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        noted: list[Noted] = []
        for index, message in enumerate(messages):
            model = NOTED.get(message.routing_key)
            if model is None:
                continue
            try:
                noted.append(model.model_validate_json(message.body))
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
        try:
            async with self._database.write(TeamsCaller.of(())) as connection:
                notes = [note for one in noted for note in await _notes(connection, one)]
                # In the order of the teams, as everybody who appends to several chains.
                for team_id, note in sorted(notes, key=lambda pair: pair[0]):
                    await self._audit.note(connection, [team_id], note)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        return answers


async def _notes(connection: Connection, one: Noted) -> Sequence[tuple[UUID, Note]]:
    if isinstance(one, FiguresExported):
        return [(one.team_id, _of_figures(one))]
    if isinstance(one, WebhookNoted):
        return [(one.team_id, _of_webhook(one))]
    if not isinstance(one, DataExported):
        return [(one.team_id, _of_session(one))]
    await widen(connection, persons=[one.user_id])
    roles = await memberships.roles(ANONYMOUS, connection, one.user_id)
    return [(team_id, _of_export(one)) for team_id in roles]


def _of_export(one: DataExported) -> Note:
    return Note("account.exported", one.user_id, None, {"of": one.of}, str(one.event_id))


def _of_figures(one: FiguresExported) -> Note:
    details = {"form": one.form, "narrowed_by": one.narrowed_by}
    return Note("analytics.exported", one.actor_id, None, details, str(one.event_id))


def _of_webhook(one: WebhookNoted) -> Note:
    action = WEBHOOK_ACTIONS[one.deed]
    return Note(action, one.actor_id, str(one.webhook_id), {"of": one.of}, str(one.event_id))


def _of_session(one: SessionNoted | CommandNoted) -> Note:
    details: dict[str, object] = {"owner": str(one.owner_id)}
    if isinstance(one, CommandNoted):
        details |= {"command": one.command} | ({"code": one.code} if one.code else {})
    elif one.visibility is not None:
        details["visibility"] = one.visibility
    return Note(ACTIONS[one.deed], one.actor_id, str(one.session_id), details, str(one.event_id))
