"""Tells people: in the app and live, by letter, and by the team's webhooks, as each prefers it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.contracts.channels import Tidings, TidingsFrame, user_channel
from services.contracts.frames import NotificationData, NotificationsRead
from services.contracts.letters import LETTER_ASKED, LetterAsked, LetterItem
from services.contracts.notices import Notification
from services.contracts.sessions import Shape
from services.contracts.topology import EVENTS
from services.insight.deliveries import Deliveries
from services.insight.domain.notices import (
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
    Notice,
    Recipient,
    Sight,
    shortened,
)
from services.insight.domain.preferences import read_preferences
from services.insight.store import notices as store
from services.insight.store import people
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.outbox import Outbox

__all__ = ["Notice", "Notices"]


class Notices:
    """Writes what is to be told in the transaction of what it tells of: neither without the other."""

    def __init__(self, outbox: Outbox, deliveries: Deliveries, clock: Clock) -> None:
        self._outbox = outbox
        self._deliveries = deliveries
        self._clock = clock

    def wake(self) -> None:
        """Have it sent now: to be called once the transaction is committed."""
        self._outbox.wake()
        self._deliveries.wake()

    async def tell(self, connection: Connection, notice: Notice) -> None:
        """Tell each recipient once by each of their channels; the transaction is of the notice's team."""
        actor = TeamsCaller.of({notice.team_id})
        sight = None
        if notice.session_id is not None:
            sight = await store.sight_of(actor, connection, notice.session_id)
        ids = _allowed(notice, sight)
        ids -= await store.left_among(actor, connection, ids)
        recipients = await self._recipients(actor, connection, notice, ids)
        await self._in_app(actor, connection, notice, sight, recipients)
        await self._by_letter(actor, connection, notice, recipients)
        if not notice.personal and (notice.session_id is None or (sight and not sight.private)):
            await self._deliveries.add(actor, connection, notice, recipients)

    async def forget_insight(self, connection: Connection, team_id: UUID, insight_id: UUID) -> None:
        """Take back what was told of an insight that is being deleted."""
        actor = TeamsCaller.of({team_id})
        await store.forget_insight(actor, connection, insight_id)
        await self._deliveries.drop(actor, connection, insight_id)

    async def _recipients(
        self, actor: TeamsCaller, connection: Connection, notice: Notice, ids: Iterable[UUID]
    ) -> Sequence[Recipient]:
        team = await people.team_of(actor, connection)
        settings = team["settings"] if team else {}
        wanted = sorted(ids)
        chosen = await store.preferences_of(actor, connection, wanted)
        now = self._clock.now()
        return [_recipient(user_id, notice, settings, chosen.get(user_id, {}), now) for user_id in wanted]

    async def _in_app(
        self,
        actor: TeamsCaller,
        connection: Connection,
        notice: Notice,
        sight: Sight | None,
        recipients: Sequence[Recipient],
    ) -> None:
        now = self._clock.now()
        rows = {one.user_id: _row(notice, one.user_id, sight, now) for one in recipients}
        kept = [rows[one.user_id] for one in recipients if one.wants("app")]
        await store.add(actor, connection, kept)
        live = [one for one in recipients if one.wants("app") or (one.wants("push") and not one.quiet_until)]
        unread = await store.unread(actor, connection, [one.user_id for one in live])
        for one in live:
            told = NotificationData(
                notification=notification_of(rows[one.user_id]),
                unread=unread.get(one.user_id, 0),
                push=one.wants("push") and one.quiet_until is None,
            )
            await self._show(connection, notice.team_id, one.user_id, "notification", told)

    async def read(
        self, connection: Connection, team_id: UUID, user_id: UUID, told: NotificationsRead
    ) -> None:
        """Tell a person's open pages that they have read something."""
        await self._show(connection, team_id, user_id, "notifications_read", told)

    async def _show(
        self, connection: Connection, team_id: UUID, user_id: UUID, frame: TidingsFrame, told: Shape
    ) -> None:
        data = told.model_dump(mode="json")
        tidings = Tidings(frame=frame, id=f"{frame} {uuid4()}", rank=0, data=data, personal=True)
        channel = user_channel(team_id, user_id)
        await self._outbox.add_fanout(connection, channel, tidings.model_dump_json().encode())

    async def _by_letter(
        self, actor: TeamsCaller, connection: Connection, notice: Notice, recipients: Sequence[Recipient]
    ) -> None:
        now = self._clock.now()
        wanting = [one for one in recipients if one.wants("email")]
        waiting = [_letter(notice, one, now) for one in wanting if one.quiet_until is not None]
        await store.add_letters(actor, connection, waiting)
        item = LetterItem(title=_title(notice), text=_text(notice), link=notice.link)
        for one in wanting:
            if one.quiet_until is None:
                await self.write(connection, notice.team_id, one.user_id, [item])

    async def write(
        self, connection: Connection, team_id: UUID, user_id: UUID, items: Sequence[LetterItem]
    ) -> None:
        """Have one letter written to a person about these things."""
        asked = LetterAsked(
            event_id=uuid4(), team_id=team_id, user_id=user_id, items=tuple(items), at=self._clock.now()
        )
        await self._outbox.add(connection, EVENTS, LETTER_ASKED, asked.model_dump_json().encode())


def notification_of(row: Mapping[str, Any]) -> Notification:
    """Show a row as its person sees it."""
    doer = None
    if row["actor_id"] is not None:
        doer = {"user_id": row["actor_id"], "username": row["actor_name"]}
    return Notification.model_validate({**row, "actor": doer})


def _allowed(notice: Notice, sight: Sight | None) -> frozenset[UUID]:
    """What is about a session alone goes to those who may see it."""
    if notice.session_id is None or notice.insight_id is not None:
        return notice.recipients
    if sight is None:
        return frozenset()
    return notice.recipients & {sight.owner_id} if sight.private else notice.recipients


def _recipient(
    user_id: UUID, notice: Notice, settings: Mapping[str, Any], chosen: Mapping[str, Any], now: datetime
) -> Recipient:
    wishes = read_preferences(settings, chosen.get("events"), chosen.get("quiet_hours"))
    channels = wishes.events[notice.kind].model_dump()
    quiet_until = wishes.quiet_hours.end_after(now) if wishes.quiet_hours else None
    return Recipient(user_id, frozenset(name for name, on in channels.items() if on), quiet_until)


def _row(notice: Notice, user_id: UUID, sight: Sight | None, now: datetime) -> dict[str, Any]:
    seen = sight is not None and (not sight.private or sight.owner_id == user_id)
    return {
        "id": uuid4(),
        "team_id": notice.team_id,
        "user_id": user_id,
        "kind": notice.kind,
        "title": _title(notice),
        "text": _text(notice),
        "link": notice.link,
        "session_id": notice.session_id if seen else None,
        "insight_id": notice.insight_id,
        "alert_id": notice.alert_id,
        "actor_id": notice.actor.user_id if notice.actor else None,
        "actor_name": notice.actor.username if notice.actor else None,
        "read_at": None,
        "created_at": now,
    }


def _letter(notice: Notice, one: Recipient, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "team_id": notice.team_id,
        "user_id": one.user_id,
        "kind": notice.kind,
        "title": _title(notice),
        "text": _text(notice),
        "link": notice.link,
        "session_id": notice.session_id,
        "insight_id": notice.insight_id,
        "added_at": now,
        "due_at": one.quiet_until,
    }


def _title(notice: Notice) -> str:
    return shortened(notice.title, TITLE_CHARACTERS)


def _text(notice: Notice) -> str:
    return shortened(notice.text, TEXT_CHARACTERS)
