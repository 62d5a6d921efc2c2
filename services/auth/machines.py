"""Ends what a machine signs in with when ingest tells that it was revoked."""

from collections.abc import Sequence

from pydantic import ValidationError

from services.auth.announcer import Announcer
from services.auth.audit import AuditLog
from services.auth.domain.audit import Note
from services.auth.store import broker, tokens
from services.contracts.agents import AGENT_REVOKED, AgentRevoked
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.clock import Clock
from services.runtime.db import Database, is_transient


class MachineConsumer:
    """Told twice, it is one entry of the audit log, and changes nothing the second time."""

    def __init__(self, database: Database, announcer: Announcer, audit: AuditLog, clock: Clock) -> None:
        self._database = database
        self._announcer = announcer
        self._audit = audit
        self._clock = clock

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        return [await self._one(message) for message in messages]

    async def _one(self, message: Message) -> Rejection | None:
        if message.routing_key != AGENT_REVOKED:
            return None
        try:
            told = AgentRevoked.model_validate_json(message.body)
        except ValidationError as error:
            return Rejection("invalid", f"{error.error_count()} fields are wrong")
        try:
            ended = await self._end(told)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        for token_id in ended:
            await self._announcer.rights_changed(sid=token_id)
        return None

    async def _end(self, told: AgentRevoked) -> Sequence[str]:
        actor = TeamsCaller.of({told.team_id})
        async with self._database.write(actor) as connection:
            brought = await broker.brought_by(actor, connection, told.agent_id)
            ids = {*told.token_ids, *brought}
            # First the tokens, then who is cut off, as whoever revokes one of them.
            ended = await tokens.end(actor, connection, ids, told.user_id, self._clock.now())
            await self._announcer.agents_ended(actor, connection, agent_id=told.agent_id)
            for token_id in ended:
                await self._announcer.agents_ended(actor, connection, token_id=token_id)
            details = {"owner": str(told.user_id)}
            note = Note("agent.revoked", told.actor_id, str(told.agent_id), details, str(told.event_id))
            await self._audit.note(connection, [told.team_id], note)
            return ended
