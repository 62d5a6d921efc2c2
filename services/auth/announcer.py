"""Tells every process whose rights have changed."""

from uuid import UUID

import structlog

from services.contracts.channels import CONTROL, RightsChanged
from services.runtime.auth.rights import Rights
from services.runtime.clock import Clock
from services.runtime.fanout import Fanout

log = structlog.get_logger(__name__)


class Announcer:
    """Called after the commit. Where the fan-out is away, others learn it when what they keep has aged."""

    def __init__(self, fanout: Fanout, rights: Rights, clock: Clock) -> None:
        self._fanout = fanout
        self._rights = rights
        self._clock = clock

    async def rights_changed(
        self, *, sid: str | None = None, user_id: UUID | None = None, team_id: UUID | None = None
    ) -> None:
        """Let this process know at once, and the others as soon as they hear it."""
        self._rights.drop(sid=sid, user_id=user_id, team_id=team_id)
        message = RightsChanged(sid=sid, user_id=user_id, team_id=team_id, at=self._clock.now())
        try:
            await self._fanout.publish(CONTROL, message.model_dump_json().encode())
        except OSError as error:
            log.warning("rights change not announced", error=type(error).__name__)
