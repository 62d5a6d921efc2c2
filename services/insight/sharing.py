"""What people do with insights: one transaction with the messages that tell of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from services.contracts.insights import Insight
from services.contracts.notices import Doer
from services.insight.domain.ranking import hot
from services.insight.domain.rights import may_change, may_delete, must_match
from services.insight.notices import Notice, Notices
from services.insight.reading import shown, shown_to_all
from services.insight.store import insights, people, search, sessions
from services.insight.store.insights import Row
from services.insight.telling import Telling
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import forbidden, not_found, unprocessable

FOUND_BY = frozenset({"title", "content", "tags"})


class Sharing:
    """Raises `Problem` as the access table says."""

    def __init__(self, database: Database, telling: Telling, notices: Notices, clock: Clock) -> None:
        self._database = database
        self._telling = telling
        self._notices = notices
        self._clock = clock

    async def share(self, caller: Caller, said: Mapping[str, Any]) -> Insight:
        """Share an insight with the caller's team, and tell the others."""
        now = self._clock.now()
        row = {
            "id": uuid4(), "team_id": caller.team, "shared_by": caller.user_id, **said, "origin": "person",
            "state": "proposed", "evidence": None, "upvotes": 0, "comments": 0, "hot": hot(0, now),
            "version": 1, "revision": 1, "created_at": now, "updated_at": now,
        }  # fmt: skip
        async with self._database.write(caller) as connection:
            await _must_see(caller, connection, row)
            await people.meet(caller, connection)
            await insights.add(caller, connection, row)
            await search.put_words(caller, connection, row)
            await search.put_tags(caller, connection, row)
            await self._tell(caller, connection, row)
            (insight,) = await shown(caller, connection, [row])
        self._sent()
        return insight

    async def change(
        self, caller: Caller, insight_id: UUID, asked: Mapping[str, Any], if_match: str | None
    ) -> Insight:
        """Apply the fields given; answers the insight as it is then."""
        async with self._database.write(caller) as connection:
            row = await self.locked(caller, connection, insight_id)
            may_change(caller, row, asked)
            must_match(row, if_match, "insight")
            values = {name: value for name, value in asked.items() if row[name] != value}
            if "session_id" in values and "moment" not in asked:
                values["moment"] = None
            if values:
                row = await self._write(caller, connection, row, values)
            (insight,) = await shown(caller, connection, [row])
        self._sent()
        return insight

    async def delete(self, caller: Caller, insight_id: UUID) -> None:
        """Delete an insight with all that was said to it. What a rule found is not found again."""
        async with self._database.write(caller) as connection:
            row = await self.locked(caller, connection, insight_id)
            may_delete(caller, row)
            await insights.remove(caller, connection, insight_id)
            await self._notices.forget_insight(connection, row["team_id"], insight_id)
            await self._telling.deleted(connection, row)
        self._sent()

    async def vote(self, caller: Caller, insight_id: UUID, *, up: bool) -> int:
        """Give or take the caller's one vote; answers how many there are. Twice is as once."""
        async with self._database.write(caller) as connection:
            row = await self.locked(caller, connection, insight_id)
            if up:
                upvotes = await insights.give_vote(caller, connection, insight_id, self._clock.now())
            else:
                upvotes = await insights.take_vote(caller, connection, insight_id, caller.user_id)
            if upvotes != row["upvotes"]:
                values = {"upvotes": upvotes, "hot": hot(upvotes, row["created_at"])}
                await self._telling.changed(connection, await insights.write(caller, connection, row, values))
        self._sent()
        return upvotes

    async def locked(self, caller: Caller, connection: Connection, insight_id: UUID) -> Row:
        """The row of an insight of the caller's team, who may write; nobody else does in this transaction."""
        row = await insights.locked(caller, connection, insight_id)
        if row is None:
            raise not_found("insight")
        if "write" not in caller.scopes:
            raise forbidden()
        return row

    async def _write(
        self, caller: Caller, connection: Connection, row: Row, values: Mapping[str, Any]
    ) -> Row:
        changed = {**values, "version": row["version"] + 1, "updated_at": self._clock.now()}
        if {"session_id", "moment"} & values.keys():
            await _must_see(caller, connection, {**row, **values})
        after = await insights.write(caller, connection, row, changed)
        if FOUND_BY & values.keys():
            await search.put_words(caller, connection, after)
        if "tags" in values:
            await search.put_tags(caller, connection, after)
        await self._telling.changed(connection, after)
        return after

    async def _tell(self, caller: Caller, connection: Connection, row: Row) -> None:
        team = TeamsCaller.of(caller.teams)
        seen = await shown_to_all(team, connection, row)
        await self._telling.shared(connection, row, seen)
        notice = Notice(
            team_id=caller.team,
            to_user_ids=(await people.present(team, connection)).keys(),
            kind="insight_shared",
            title=f"{caller.username} shared a {row['type']}",
            text=row["title"],
            link=f"/insights/{row['id']}",
            session_id=seen.session_id,
            insight_id=row["id"],
            actor=Doer(user_id=caller.user_id, username=caller.username),
        )
        await self._notices.tell(connection, notice)

    def _sent(self) -> None:
        self._telling.sent()
        self._notices.wake()


async def _must_see(caller: Caller, connection: Connection, row: Row) -> None:
    """Raises `Problem` 422 for a link to a session that the caller does not see, and a moment of none."""
    if row["session_id"] is None:
        if row["moment"] is not None:
            raise unprocessable("moment", "needs the session that it is of")
    elif not await sessions.titles(caller, connection, [row["session_id"]]):
        raise unprocessable("session_id", "there is no such session")
