"""Takes what the auth service tells of persons and teams."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import ValidationError

from services.contracts.people import (
    PEOPLE_KINDS,
    PEOPLE_MESSAGE,
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    PeopleMessage,
    TeamDeleted,
    TeamUpdated,
    UserDeleted,
    UserUpdated,
)
from services.insight.farewell import Farewell
from services.insight.newcomers import Newcomers
from services.insight.store import people
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.db import Connection, Database, is_transient


class PeopleConsumer:
    """Keeps names, roles, members and team settings, and lets go of what is gone.

    What somebody shared stays when they leave. Kinds of message that came into the world later are left
    alone.
    """

    def __init__(self, database: Database, farewell: Farewell, newcomers: Newcomers) -> None:
        self._database = database
        self._farewell = farewell
        self._newcomers = newcomers

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        for index, message in enumerate(messages):
            if message.routing_key not in PEOPLE_KINDS:
                continue
            try:
                told = PEOPLE_MESSAGE.validate_json(message.body)
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

    async def _take(self, told: PeopleMessage) -> None:
        actor = TeamsCaller.of(_teams(told))
        async with self._database.write(actor) as connection:
            if isinstance(told, TeamDeleted):
                await people.note_departed(actor, connection, told.team_id, told.at)
                await people.forget_teams(actor, connection)
            elif isinstance(told, UserDeleted):
                await people.note_departed(actor, connection, told.user_id, told.at)
                await self._farewell.of_person(connection, told.user_id)
                await self._newcomers.gone(connection, told.user_id)
            else:
                await self._put(actor, connection, told)
        self._farewell.sent()
        self._newcomers.sent()

    async def _put(self, actor: TeamsCaller, connection: Connection, told: PeopleMessage) -> None:
        about = {told.user_id} if not isinstance(told, TeamUpdated | TeamDeleted) else set()
        gone = await people.departed_of(actor, connection, actor.teams | about)
        if gone & about:
            return
        actor = TeamsCaller.of(actor.teams - gone)
        if isinstance(told, TeamUpdated):
            await people.put_team(actor, connection, told.name, told.settings, told.at)
        elif isinstance(told, MemberLeft):
            await people.put_member(actor, connection, told.user_id, told.at, present=False)
            await people.end_feeds(actor, connection, told.user_id)
            await self._newcomers.left(connection, told.team_id, told.user_id)
        elif not isinstance(told, TeamDeleted | UserDeleted):
            await _put_roles(actor, connection, told)
            if isinstance(told, UserUpdated | MemberJoined):
                await people.put_user(actor, connection, told.user_id, told.username, told.at)
            if isinstance(told, MemberJoined) and actor.teams:
                await self._newcomers.joined(connection, told)


async def _put_roles(
    actor: TeamsCaller, connection: Connection, told: UserUpdated | MemberJoined | MemberRoleChanged
) -> None:
    for team_id in sorted(actor.teams):
        role = told.roles.get(team_id) if isinstance(told, UserUpdated) else told.role
        team = TeamsCaller.of({team_id})
        await people.put_member(team, connection, told.user_id, told.at, present=True, role=role)


def _teams(told: PeopleMessage) -> Sequence[UUID]:
    return told.team_ids if isinstance(told, UserUpdated | UserDeleted) else [told.team_id]
