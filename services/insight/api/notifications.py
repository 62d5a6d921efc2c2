"""What a person was told, and how they want to be told."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.contracts.frames import NotificationsRead
from services.insight.api.notice_bodies import (
    ChangePreferences,
    NotificationPage,
    NotificationPreferences,
    ReadNotifications,
    Unread,
)
from services.insight.api.paging import Cursor, IfMatch, Limit, after, following
from services.insight.domain.preferences import read_preferences
from services.insight.domain.rights import must_match
from services.insight.notices import Notices, notification_of
from services.insight.store import notices as store
from services.insight.store import people
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, forbidden


def routes(database: Database, gate: TokenGate, notices: Notices, clock: Clock) -> APIRouter:
    """Make the router. Everybody reads and settles their own, viewers too."""
    router = APIRouter(prefix="/api/notifications", tags=["notifications"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.get("")
    async def list_notifications(
        caller: Reader, unread: bool = False, limit: Limit = 50, cursor: Cursor = None
    ) -> NotificationPage:
        """The caller's own in their team, all or those not read."""
        before = after(cursor)
        async with database.read(caller) as connection:
            rows = await store.listed(caller, connection, before, limit + 1, unread_only=unread)
            count = await _unread(caller, connection)
        return NotificationPage(
            items=[notification_of(row) for row in rows[:limit]],
            next_cursor=following(rows, limit, "created_at"),
            unread=count,
        )

    @router.post("/read")
    async def read_notifications(caller: Reader, body: ReadNotifications) -> Unread:
        """Mark some or all as read; ids of others' are passed over."""
        _may_settle(caller)
        async with database.write(caller) as connection:
            if await store.read(caller, connection, body.ids, clock.now()):
                told = NotificationsRead(ids=body.ids, unread=await _unread(caller, connection))
                await notices.read(connection, caller.team, caller.user_id, told)
            count = await _unread(caller, connection)
        notices.wake()
        return Unread(unread=count)

    @router.get("/preferences")
    async def read_own_preferences(caller: Reader, response: Response) -> NotificationPreferences:
        async with database.read(caller) as connection:
            return _tagged(await _preferences(caller, connection), response)

    @router.put("/preferences")
    async def change_preferences(
        caller: Reader, body: ChangePreferences, response: Response, if_match: IfMatch = None
    ) -> NotificationPreferences:
        """Choose anew by which channels to be told of what, and when not."""
        _may_settle(caller)
        async with database.write(caller) as connection:
            before = await _preferences(caller, connection)
            must_match({"version": before.version}, if_match, "choice")
            quiet = body.quiet_hours.model_dump(by_alias=True) if body.quiet_hours else None
            row = {
                "team_id": caller.team,
                "user_id": caller.user_id,
                "events": {kind: channels.model_dump() for kind, channels in body.events.items()},
                "quiet_hours": quiet,
                "version": before.version + 1,
                "updated_at": clock.now(),
            }
            if not await store.put_preferences(caller, connection, row, before.version):
                raise Problem(412, "changed_meanwhile", "The choice has changed since you read it.")
            return _tagged(await _preferences(caller, connection), response)

    return router


def _may_settle(caller: Caller) -> None:
    """Raises `Problem` 403 for an API token that is only to read; viewers settle their own."""
    if caller.via == "token" and "write" not in caller.scopes:
        raise forbidden("This token's scopes do not allow this; it needs write.")


async def _unread(caller: Caller, connection: Connection) -> int:
    return (await store.unread(caller, connection, [caller.user_id])).get(caller.user_id, 0)


async def _preferences(caller: Caller, connection: Connection) -> NotificationPreferences:
    team = await people.team_of(caller, connection)
    kept = (await store.preferences_of(caller, connection, [caller.user_id])).get(caller.user_id, {})
    wishes = read_preferences(team["settings"] if team else {}, kept.get("events"), kept.get("quiet_hours"))
    return NotificationPreferences(
        events=wishes.events, quiet_hours=wishes.quiet_hours, version=kept.get("version", 0)
    )


def _tagged(preferences: NotificationPreferences, response: Response) -> NotificationPreferences:
    response.headers["ETag"] = f'"{preferences.version}"'
    return preferences
