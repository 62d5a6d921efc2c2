"""Tells the other processes what has changed of persons and teams."""

from collections.abc import Collection, Mapping
from uuid import UUID

import structlog

from services.auth.cutoff import Cutoff
from services.auth.store import memberships
from services.contracts.channels import CONTROL, MemberChanged, RightsChanged, Tidings, team_channel
from services.contracts.frames import TeamData
from services.contracts.people import (
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    PeopleMessage,
    TeamDeleted,
    TeamUpdated,
    UserDeleted,
    UserUpdated,
)
from services.contracts.topology import EVENTS
from services.runtime.auth import ANONYMOUS, Caller, Role, TeamsCaller
from services.runtime.auth.rights import Rights
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.fanout import Fanout
from services.runtime.outbox import Outbox
from services.runtime.telemetry import HEADER, correlation_id

log = structlog.get_logger(__name__)


class Announcer:
    """Events are written in the caller's transaction and sent after it; `wake` sends them at once.

    Changed rights go straight to the fan-out after the commit, so that they never wait behind an event.
    """

    def __init__(self, outbox: Outbox, fanout: Fanout, rights: Rights, cutoff: Cutoff, clock: Clock) -> None:
        self._outbox = outbox
        self._fanout = fanout
        self._rights = rights
        self._cutoff = cutoff
        self._clock = clock

    async def user_updated(self, connection: Connection, user_id: UUID, username: str) -> None:
        """Tell how a person is called now, and which teams know them."""
        roles = await memberships.roles(ANONYMOUS, connection, user_id)
        now = self._clock.now()
        message = UserUpdated(
            user_id=user_id, username=username, team_ids=list(roles), roles=dict(roles), at=now
        )
        await self._event(connection, message)

    async def team_updated(
        self, connection: Connection, team_id: UUID, name: str, settings: Mapping[str, object]
    ) -> None:
        """Tell what a team is now."""
        now = self._clock.now()
        message = TeamUpdated(team_id=team_id, name=name, settings=dict(settings), at=now)
        await self._event(connection, message)

    async def team_shown(self, connection: Connection, team_id: UUID, version: int) -> None:
        """Tell open pages that name or settings are others from this version on."""
        told = Tidings(
            frame="team_updated",
            id=f"team {team_id}",
            rank=version,
            data=TeamData(id=team_id, version=version).model_dump(mode="json"),
        )
        await self._outbox.add_fanout(connection, team_channel(team_id), told.model_dump_json().encode())

    async def member_joined(
        self, connection: Connection, team_id: UUID, user_id: UUID, username: str, role: Role
    ) -> None:
        """Tell of a new member, and that this person is known in one team more."""
        now = self._clock.now()
        message = MemberJoined(team_id=team_id, user_id=user_id, username=username, role=role, at=now)
        await self._event(connection, message)
        shown = MemberChanged(type="member_joined", user_id=user_id, username=username, role=role, at=now)
        await self._show(connection, team_id, shown)
        await self.user_updated(connection, user_id, username)

    async def member_left(self, connection: Connection, team_id: UUID, user_id: UUID) -> None:
        now = self._clock.now()
        await self._event(connection, MemberLeft(team_id=team_id, user_id=user_id, at=now))
        shown = MemberChanged(type="member_left", user_id=user_id, at=now)
        await self._show(connection, team_id, shown)

    async def role_changed(self, connection: Connection, team_id: UUID, user_id: UUID, role: Role) -> None:
        now = self._clock.now()
        message = MemberRoleChanged(team_id=team_id, user_id=user_id, role=role, at=now)
        await self._event(connection, message)
        shown = MemberChanged(type="member_role_changed", user_id=user_id, role=role, at=now)
        await self._show(connection, team_id, shown)

    async def team_deleted(self, connection: Connection, team_id: UUID) -> None:
        await self._event(connection, TeamDeleted(team_id=team_id, at=self._clock.now()))

    async def user_deleted(self, connection: Connection, user_id: UUID, team_ids: Collection[UUID]) -> None:
        now = self._clock.now()
        await self._event(connection, UserDeleted(user_id=user_id, team_ids=sorted(team_ids), at=now))

    async def rights_ended(self, connection: Connection, message: RightsChanged) -> None:
        """Tell of changed rights behind the commit of this very transaction, though no server be this one."""
        await self._outbox.add_fanout(connection, CONTROL, message.model_dump_json().encode())

    async def agents_ended(
        self,
        actor: Caller | TeamsCaller,
        connection: Connection,
        *,
        agent_id: UUID | None = None,
        token_id: str | None = None,
        user_id: UUID | None = None,
        team_id: UUID | None = None,
    ) -> None:
        """Have this agent cut off at the broker, or those that came with tokens of all these marks.

        To be called while these tokens are there yet; `rights_changed` has it done at once.
        """
        await self._cutoff.note(
            actor, connection, agent_id=agent_id, token_id=token_id, user_id=user_id, team_id=team_id
        )

    def wake(self) -> None:
        self._outbox.wake()

    async def rights_changed(
        self, *, sid: str | None = None, user_id: UUID | None = None, team_id: UUID | None = None
    ) -> None:
        """Let this process know at once, and the others as soon as they hear it.

        While the fan-out is away, they learn it when the rights they keep have aged.
        """
        self._rights.drop(sid=sid, user_id=user_id, team_id=team_id)
        self._cutoff.wake()
        message = RightsChanged(sid=sid, user_id=user_id, team_id=team_id, at=self._clock.now())
        try:
            await self._fanout.publish(CONTROL, message.model_dump_json().encode())
        except OSError as error:
            log.warning("rights change not announced", error=type(error).__name__)

    async def _event(self, connection: Connection, message: PeopleMessage) -> None:
        body = message.model_dump_json().encode()
        await self._outbox.add(connection, EVENTS, message.kind, body, {HEADER: correlation_id()})

    async def _show(self, connection: Connection, team_id: UUID, shown: MemberChanged) -> None:
        """Tell the team's open pages."""
        body = shown.model_dump_json().encode()
        await self._outbox.add_fanout(connection, team_channel(team_id), body)
