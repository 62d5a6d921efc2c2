"""Tells admins who has joined, and forgets what was told to those who leave."""

from uuid import UUID, uuid5

from services.contracts.notices import Doer
from services.contracts.people import MemberJoined
from services.insight.domain.notices import Notice
from services.insight.notices import Notices
from services.insight.store import morning, people
from services.insight.store import notices as store
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection


class Newcomers:
    """Works in its callers' transactions; what comes twice is told once."""

    def __init__(self, notices: Notices, clock: Clock) -> None:
        self._notices = notices
        self._clock = clock

    async def joined(self, connection: Connection, told: MemberJoined) -> None:
        """Tell the team's admins, but not who founded it that they are in it."""
        event = uuid5(told.team_id, f"joined {told.user_id} {told.at.isoformat()}")
        if not await morning.first_time(None, connection, event, self._clock.now()):
            return
        members = await people.present(TeamsCaller.of({told.team_id}), connection)
        notice = Notice(
            team_id=told.team_id,
            to_user_ids=[user_id for user_id, one in members.items() if one["role"] == "admin"],
            kind="member_joined",
            title=f"{told.username} joined the team",
            text=f"As {told.role}",
            link="/settings/members",
            actor=Doer(user_id=told.user_id, username=told.username),
        )
        await self._notices.tell(connection, notice)

    async def left(self, connection: Connection, team_id: UUID, user_id: UUID) -> None:
        await store.forget_member(TeamsCaller.of({team_id}), connection, user_id)

    async def gone(self, connection: Connection, user_id: UUID) -> None:
        """Forget somebody whose account is gone, in all teams."""
        await store.forget_person(None, connection, user_id)

    def sent(self) -> None:
        """Have what is told sent now."""
        self._notices.wake()
