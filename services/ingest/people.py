"""Takes what the auth service tells of persons and teams."""

from collections.abc import Sequence
from datetime import timedelta

from pydantic import ValidationError

from services.contracts.people import (
    PEOPLE_KINDS,
    PEOPLE_MESSAGE,
    MemberJoined,
    MemberLeft,
    PeopleMessage,
    TeamDeleted,
    TeamUpdated,
    UserDeleted,
    UserUpdated,
)
from services.ingest.departures import Departures
from services.ingest.domain.reports import places
from services.ingest.store import departures, people
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Connection, Database, is_transient

# What a machine sent last may be stored a moment after its person has left.
UNDER_WAY = timedelta(minutes=1)


class PeopleConsumer:
    """Keeps names and team settings, and lets go of what is gone.

    Roles and memberships are not kept here: every request reads them. What somebody shared stays when they
    leave, what they kept private goes. Kinds of message that came into the world later are left alone.
    """

    def __init__(self, database: Database, gone: Departures) -> None:
        self._database = database
        self._departures = gone

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        told: list[PeopleMessage] = []
        for index, message in enumerate(messages):
            if message.routing_key not in PEOPLE_KINDS:
                continue
            try:
                told.append(PEOPLE_MESSAGE.validate_json(message.body))
            except ValidationError as error:
                answers[index] = Rejection("invalid", places(error))
        try:
            teams = TeamsCaller.of({one.team_id for one in told if isinstance(one, TeamUpdated)})
            async with self._database.write(teams) as connection:
                for one in told:
                    await self._put(connection, one)
            for one in told:
                await self._let_go(one)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        return answers

    async def _put(self, connection: Connection, told: PeopleMessage) -> None:
        if isinstance(told, UserUpdated | MemberJoined):
            teams = told.team_ids if isinstance(told, UserUpdated) else [told.team_id]
            actor = TeamsCaller.of(teams)
            if not await departures.among(actor, connection, {told.user_id}):
                await people.put_owner(actor, connection, told.user_id, told.username, told.at)
        elif isinstance(told, TeamUpdated):
            actor = TeamsCaller.of({told.team_id})
            if not await departures.among(actor, connection, actor.teams):
                await people.put_team(actor, connection, told.team_id, told.settings, told.at)

    async def _let_go(self, told: PeopleMessage) -> None:
        if isinstance(told, TeamDeleted):
            await self._departures.of_team(told.team_id)
        elif isinstance(told, UserDeleted):
            await self._departures.of_person(told.user_id)
        elif isinstance(told, MemberLeft):
            await self._departures.of_member(told.team_id, told.user_id, told.at + UNDER_WAY)
