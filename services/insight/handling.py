"""What people do about incidents."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.contracts.notices import Alert
from services.contracts.sessions import Session
from services.insight.alarms import Alarms, alert_of
from services.insight.notices import Notices
from services.insight.store import alerts, projected
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import conflict, forbidden, not_found, unprocessable

LONGEST_SNOOZE = timedelta(days=30)


class Handling:
    """Whose session it is, and admins where they may see it. Raises `Problem` as the access table says."""

    def __init__(self, database: Database, alarms: Alarms, notices: Notices, clock: Clock) -> None:
        self._database = database
        self._alarms = alarms
        self._notices = notices
        self._clock = clock

    async def acknowledge(self, caller: Caller, alert_id: UUID) -> Alert:
        """Say that one knows of it."""
        known = {"state": "acknowledged", "acknowledged_by": caller.user_id, "snoozed_until": None}
        return await self._change(caller, alert_id, known)

    async def snooze(self, caller: Caller, alert_id: UUID, until: datetime) -> Alert:
        """Put it off; who it concerns is told again then, if it goes on."""
        now = self._clock.now()
        if not now < until <= now + LONGEST_SNOOZE:
            raise unprocessable("until", "lies within the next 30 days")
        return await self._change(caller, alert_id, {"state": "snoozed", "snoozed_until": until})

    async def resolve(self, caller: Caller, alert_id: UUID) -> Alert:
        """Be done with it, even while it goes on: only when it was over can it begin anew."""
        now = self._clock.now()
        over = {"state": "resolved", "resolved_at": now, "resolved_by": caller.user_id, "snoozed_until": None}
        return await self._change(caller, alert_id, over)

    async def _change(self, caller: Caller, alert_id: UUID, values: Mapping[str, Any]) -> Alert:
        async with self._database.write(caller) as connection:
            row = await alerts.find(caller, connection, alert_id, lock=True)
            if row is None:
                raise not_found("alert")
            if "write" not in caller.scopes or (row["user_id"] != caller.user_id and caller.role != "admin"):
                raise forbidden("Only whose session it is or an admin may do this.")
            if row["state"] == "resolved":
                if values["state"] == "resolved":
                    return alert_of(row)
                raise conflict("resolved", "This is over already.")
            changes = {**values, "updated_at": self._clock.now()}
            changed = await alerts.change(caller, connection, row, changes)
            await self._alarms.show(connection, changed, await self._session(caller, connection, row))
        self._notices.wake()
        return alert_of(changed)

    async def _session(
        self, caller: Caller, connection: Connection, row: Mapping[str, Any]
    ) -> Session | None:
        if row["session_id"] is None:
            return None
        actor = TeamsCaller.of(caller.teams)
        found = await projected.bodies(actor, connection, [row["session_id"]])
        return Session.model_validate(found[row["session_id"]])
