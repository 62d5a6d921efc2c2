"""A person's own address of what their team shares, for readers of RSS."""

from datetime import datetime

from services.insight.domain.rss import Channel, Item
from services.insight.domain.views import FORMER
from services.insight.store import feeds as store
from services.insight.store import people
from services.insight.store.insights import Row
from services.runtime.auth import ANONYMOUS, Caller, TeamsCaller
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import not_found
from services.runtime.settings import Settings


class Feeds:
    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._items = settings.insight_feed_items
        self._clock = clock

    async def made_at(self, caller: Caller) -> datetime | None:
        """When the caller's address was made, if they have one."""
        _ = caller.team
        async with self._database.read(caller) as connection:
            return await store.made_at(caller, connection)

    async def make(self, caller: Caller) -> LinkSecret:
        """Make the caller's address in their team; one that was there ends. The secret is told this once."""
        secret = LinkSecret.make()
        async with self._database.write(caller) as connection:
            await store.put(caller, connection, secret.digest, self._clock.now())
        return secret

    async def end(self, caller: Caller) -> None:
        async with self._database.write(caller) as connection:
            await store.end(caller, connection)

    async def read(self, secret: str, base: str) -> Channel:
        """What the team of an address has shared of late. Raises `Problem` 404 for no address's secret."""
        async with self._database.read(ANONYMOUS) as connection:
            team_id = await store.team_behind(ANONYMOUS, connection, LinkSecret(secret).digest)
            if team_id is None:
                raise not_found("feed")
            return await self._channel(TeamsCaller.of({team_id}), connection, base)

    async def _channel(self, team: TeamsCaller, connection: Connection, base: str) -> Channel:
        known = await people.team_of(team, connection)
        rows = await store.newest(team, connection, self._items)
        names = await people.labels(team, connection, {row["shared_by"] for row in rows if row["shared_by"]})
        return Channel(
            title=f"{known['name'] if known else 'Team'}: insights",
            link=f"{base}/insights",
            items=[_item(row, names.get(row["shared_by"]), base) for row in rows],
        )


def _item(row: Row, name: str | None, base: str) -> Item:
    return Item(
        id=row["id"],
        title=row["title"],
        link=f"{base}/insights/{row['id']}",
        text=row["content"],
        author=None if row["origin"] == "detected" else name or FORMER,
        categories=(row["type"], *row["tags"]),
        at=row["created_at"],
    )
