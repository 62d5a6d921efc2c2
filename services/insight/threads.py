"""What people say to insights: one transaction with the messages that tell of it."""

from uuid import UUID, uuid4

from services.contracts.insights import InsightComment
from services.contracts.notices import Doer
from services.insight.domain.mentions import mentioned
from services.insight.domain.rights import may_delete_comment, may_edit_comment, must_match
from services.insight.notices import Notice, Notices
from services.insight.reading import said
from services.insight.sharing import Sharing
from services.insight.store import comments, insights, people
from services.insight.store.comments import Row
from services.insight.telling import Telling
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import not_found, unprocessable


class Threads:
    """Whoever writes holds the insight, so its count is that of its comments.

    Raises `Problem` as the access table says.
    """

    def __init__(
        self, database: Database, sharing: Sharing, telling: Telling, notices: Notices, clock: Clock
    ) -> None:
        self._database = database
        self._sharing = sharing
        self._telling = telling
        self._notices = notices
        self._clock = clock

    async def add(
        self, caller: Caller, insight_id: UUID, content: str, parent_id: UUID | None
    ) -> InsightComment:
        """Say something to an insight, or to another comment on it; tell its author and whoever is named."""
        now = self._clock.now()
        async with self._database.write(caller) as connection:
            insight = await self._sharing.locked(caller, connection, insight_id)
            await self._must_be_there(caller, connection, insight_id, parent_id)
            await people.meet(caller, connection)
            named = await self._named(caller, connection, content)
            row = {
                "id": uuid4(), "insight_id": insight_id, "team_id": caller.team, "parent_id": parent_id,
                "user_id": caller.user_id, "content": content, "mentions": [str(one) for one in named],
                "deleted": False, "edited": False, "version": 1, "created_at": now, "updated_at": now,
            }  # fmt: skip
            await comments.add(caller, connection, row)
            after = await self._count(caller, connection, insight)
            (comment,) = await said(caller, connection, [row])
            await self._telling.commented(connection, after, comment)
            await self._tell(caller, connection, insight, named)
        self._sent()
        return comment

    async def change(
        self, caller: Caller, insight_id: UUID, comment_id: UUID, content: str, if_match: str | None
    ) -> InsightComment:
        """Say it differently. Whoever is named now and was not before is told."""
        async with self._database.write(caller) as connection:
            insight = await self._sharing.locked(caller, connection, insight_id)
            row = await self._standing(caller, connection, insight_id, comment_id)
            may_edit_comment(caller, row)
            must_match(row, if_match, "comment")
            if content != row["content"]:
                row = await self._write(caller, connection, insight, row, content)
            (comment,) = await said(caller, connection, [row])
        self._sent()
        return comment

    async def delete(self, caller: Caller, insight_id: UUID, comment_id: UUID) -> None:
        """Delete a comment; where it has answers its place stays, until the last of these goes, too."""
        async with self._database.write(caller) as connection:
            insight = await self._sharing.locked(caller, connection, insight_id)
            row = await self._standing(caller, connection, insight_id, comment_id)
            may_delete_comment(caller, row)
            if await comments.answers(caller, connection, comment_id):
                empty = {"content": "", "mentions": [], "deleted": True, "updated_at": self._clock.now()}
                await comments.write(caller, connection, row, empty | {"user_id": None})
            else:
                await self._remove(caller, connection, row)
            await self._telling.changed(connection, await self._count(caller, connection, insight))
        self._sent()

    async def _write(
        self, caller: Caller, connection: Connection, insight: Row, row: Row, content: str
    ) -> Row:
        named = await self._named(caller, connection, content)
        before = set(row["mentions"])
        values = {"content": content, "edited": True, "updated_at": self._clock.now()}
        values["mentions"] = [str(one) for one in named]
        after = await comments.write(caller, connection, row, values)
        # Its own words are not in what is told of the insight: open pages read them anew.
        await self._telling.changed(connection, await insights.write(caller, connection, insight, {}))
        await self._tell_named(caller, connection, insight, [one for one in named if str(one) not in before])
        return after

    async def _remove(self, caller: Caller, connection: Connection, row: Row) -> None:
        """Take a comment out, and the empty places that it was the last answer to."""
        await comments.remove(caller, connection, row["id"])
        if row["parent_id"] is None or await comments.answers(caller, connection, row["parent_id"]):
            return
        parent = await comments.get(caller, connection, row["insight_id"], row["parent_id"])
        if parent is not None and parent["deleted"]:
            await self._remove(caller, connection, parent)

    async def _standing(
        self, caller: Caller, connection: Connection, insight_id: UUID, comment_id: UUID
    ) -> Row:
        row = await comments.get(caller, connection, insight_id, comment_id)
        if row is None or row["deleted"]:
            raise not_found("comment")
        return row

    async def _must_be_there(
        self, caller: Caller, connection: Connection, insight_id: UUID, parent_id: UUID | None
    ) -> None:
        if parent_id is None:
            return
        parent = await comments.get(caller, connection, insight_id, parent_id)
        if parent is None or parent["deleted"]:
            raise unprocessable("parent_id", "there is no such comment to answer")

    async def _named(self, caller: Caller, connection: Connection, content: str) -> list[UUID]:
        if "@" not in content:
            return []
        members = await people.present(TeamsCaller.of(caller.teams), connection)
        return mentioned(content, {user_id: row["username"] for user_id, row in members.items()})

    async def _count(self, caller: Caller, connection: Connection, insight: Row) -> Row:
        count = await comments.count(caller, connection, insight["id"])
        return await insights.write(caller, connection, insight, {"comments": count})

    async def _tell(self, caller: Caller, connection: Connection, insight: Row, named: list[UUID]) -> None:
        """Tell whoever is named that they are, and the others who have a part in it that there is more."""
        await self._tell_named(caller, connection, insight, named)
        part = await comments.who_spoke(caller, connection, insight["id"])
        author = {insight["shared_by"]} if insight["shared_by"] else set()
        notice = Notice(
            team_id=caller.team,
            to_user_ids=({*part} | author) - set(named),
            kind="insight_comment",
            title=f"{caller.username} commented",
            text=insight["title"],
            link=f"/insights/{insight['id']}",
            insight_id=insight["id"],
            actor=Doer(user_id=caller.user_id, username=caller.username),
        )
        await self._notices.tell(connection, notice)

    async def _tell_named(
        self, caller: Caller, connection: Connection, insight: Row, named: list[UUID]
    ) -> None:
        if not named:
            return
        notice = Notice(
            team_id=caller.team,
            to_user_ids=named,
            kind="mention",
            title=f"{caller.username} mentioned you",
            text=insight["title"],
            link=f"/insights/{insight['id']}",
            insight_id=insight["id"],
            actor=Doer(user_id=caller.user_id, username=caller.username),
            personal=True,
        )
        await self._notices.tell(connection, notice)

    def _sent(self) -> None:
        self._telling.sent()
        self._notices.wake()
