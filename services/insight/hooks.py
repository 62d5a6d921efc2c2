"""What admins do with their team's webhooks: one transaction with the note for the audit log."""

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from services.contracts.audit import WEBHOOK_NOTED, WebhookDeed, WebhookNoted
from services.contracts.topology import EVENTS
from services.insight.deliveries import Deliveries, rules_of
from services.insight.domain.notices import Notice
from services.insight.domain.rights import must_match
from services.insight.domain.targets import TargetError, read_target
from services.insight.store import webhooks as store
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import conflict, forbidden, not_found, unprocessable
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings

SECRET_BYTES = 32


class Webhooks:
    """Raises `Problem` as the access table says."""

    def __init__(
        self, database: Database, deliveries: Deliveries, outbox: Outbox, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._deliveries = deliveries
        self._outbox = outbox
        self._rules = rules_of(settings)
        self._most = settings.webhooks_per_team
        self._clock = clock

    async def add(self, caller: Caller, team_id: UUID, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Add one; a generic one gets a secret, which nobody is shown later."""
        may_manage(caller, team_id)
        self._check(asked["url"], asked["kind"])
        now = self._clock.now()
        secret = secrets.token_urlsafe(SECRET_BYTES) if asked["kind"] == "generic" else None
        row = {
            **asked, "id": uuid4(), "team_id": team_id, "secret": secret, "version": 1, "created_at": now,
            "updated_at": now, "last_status": None,
        }  # fmt: skip
        async with self._database.write(caller) as connection:
            if await store.count(caller, connection) >= self._most:
                raise conflict("too_many_webhooks", f"A team has {self._most} webhooks at most.")
            await store.add(caller, connection, row)
            await self._note(caller, connection, row, "made")
        self._outbox.wake()
        return row

    async def change(
        self, caller: Caller, team_id: UUID, webhook_id: UUID, asked: Mapping[str, Any], if_match: str | None
    ) -> dict[str, Any]:
        """Change the fields given; answers it as it is then."""
        may_manage(caller, team_id)
        async with self._database.write(caller) as connection:
            before = await self._found(caller, connection, webhook_id, lock=True)
            must_match(before, if_match, "webhook")
            if asked.get("kind", before["kind"]) != before["kind"]:
                raise unprocessable("kind", "a webhook stays of its kind: make another one")
            changes = {name: value for name, value in asked.items() if value != before[name]}
            if not changes:
                return before
            if "url" in changes:
                self._check(changes["url"], before["kind"])
            changes |= {"version": before["version"] + 1, "updated_at": self._clock.now()}
            await store.change(caller, connection, webhook_id, changes)
            await self._note(caller, connection, before, "changed")
        self._outbox.wake()
        return {**before, **changes}

    async def remove(self, caller: Caller, team_id: UUID, webhook_id: UUID) -> None:
        """Delete one with its log; what waits is not delivered."""
        may_manage(caller, team_id)
        async with self._database.write(caller) as connection:
            before = await self._found(caller, connection, webhook_id, lock=True)
            await store.remove(caller, connection, webhook_id)
            await self._note(caller, connection, before, "removed")
        self._outbox.wake()

    async def test(self, caller: Caller, team_id: UUID, webhook_id: UUID) -> dict[str, Any]:
        """Send one message there, now; answers what became of it."""
        may_manage(caller, team_id)
        async with self._database.write(caller) as connection:
            hook = await self._found(caller, connection, webhook_id)
            await self._note(caller, connection, hook, "tested")
        self._outbox.wake()
        notice = Notice(
            team_id=team_id,
            to_user_ids=(),
            kind="weekly_report",
            title="This is a test",
            text=f"{caller.username} tries whether news of the team arrive here. They do.",
            link="/settings",
        )
        return await self._deliveries.test(caller, hook, notice)

    async def _found(
        self, caller: Caller, connection: Connection, webhook_id: UUID, *, lock: bool = False
    ) -> dict[str, Any]:
        row = await store.find(caller, connection, webhook_id, lock=lock)
        if row is None:
            raise not_found("webhook")
        return row

    def _check(self, url: str, kind: Any) -> None:
        try:
            read_target(url, kind, self._rules)
        except TargetError as error:
            raise unprocessable("url", str(error)) from None

    async def _note(
        self, caller: Caller, connection: Connection, row: Mapping[str, Any], deed: WebhookDeed
    ) -> None:
        noted = WebhookNoted(
            event_id=uuid4(),
            team_id=row["team_id"],
            actor_id=caller.user_id,
            webhook_id=row["id"],
            of=row["kind"],
            deed=deed,
            at=self._clock.now(),
        )
        await self._outbox.add(connection, EVENTS, WEBHOOK_NOTED, noted.model_dump_json().encode())


def in_team(caller: Caller, team_id: UUID) -> None:
    """Raises `Problem` 404 for any other team than the caller's."""
    if caller.team != team_id:
        raise not_found("team")


def may_manage(caller: Caller, team_id: UUID) -> None:
    """Raises `Problem`: 404 as above, 403 for whoever is no admin."""
    in_team(caller, team_id)
    if caller.role != "admin" or "write" not in caller.scopes:
        raise forbidden("Only an admin of the team may do this.")
