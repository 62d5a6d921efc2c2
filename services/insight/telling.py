"""Who hears of insights: the team's open pages, and the services that count them."""

from uuid import UUID

from services.contracts.channels import Tidings, TidingsFrame, team_channel
from services.contracts.insights import (
    CommentAdded,
    Insight,
    InsightComment,
    InsightDeleted,
    InsightGone,
    InsightShared,
)
from services.contracts.sessions import Shape
from services.contracts.topology import EVENTS
from services.insight.domain.views import Row, change_view
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.outbox import Outbox

# Nothing follows a deletion.
LAST = 2**62


class Telling:
    """All of it is written in the transaction that makes it true: call `sent` once that is committed."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def shared(self, connection: Connection, row: Row, seen: Insight) -> None:
        """Tell of a new insight, `seen` as every member of its team may see it."""
        message = InsightShared(
            team_id=row["team_id"],
            user_id=row["shared_by"],
            insight_id=row["id"],
            origin=row["origin"],
            at=self._clock.now(),
        )
        await self._event(connection, message)
        await self._show(connection, row["team_id"], "insight_shared", f"shared {row['id']}", 1, seen)

    async def changed(self, connection: Connection, row: Row) -> None:
        """Tell how an insight, its `revision` risen, stands now."""
        subject = f"insight {row['id']}"
        change = change_view(row)
        await self._show(connection, row["team_id"], "insight_updated", subject, row["revision"], change)

    async def deleted(self, connection: Connection, row: Row) -> None:
        message = InsightDeleted(
            team_id=row["team_id"],
            user_id=row["shared_by"],
            insight_id=row["id"],
            origin=row["origin"],
            at=self._clock.now(),
        )
        await self._event(connection, message)
        gone = InsightGone(insight_id=row["id"])
        await self._show(connection, row["team_id"], "insight_deleted", f"insight {row['id']}", LAST, gone)

    async def commented(self, connection: Connection, row: Row, comment: InsightComment) -> None:
        """Tell of a new comment, and how its insight stands now."""
        added = CommentAdded(insight_id=row["id"], comment=comment)
        await self._show(connection, row["team_id"], "comment_added", f"comment {comment.id}", 1, added)
        await self.changed(connection, row)

    def sent(self) -> None:
        """Have the messages sent now."""
        self._outbox.wake()

    async def _event(self, connection: Connection, message: InsightShared | InsightDeleted) -> None:
        await self._outbox.add(connection, EVENTS, message.kind, message.model_dump_json().encode())

    async def _show(
        self, connection: Connection, team_id: UUID, frame: TidingsFrame, subject: str, rank: int, data: Shape
    ) -> None:
        told = Tidings(frame=frame, id=subject, rank=rank, data=data.model_dump(mode="json"))
        body = told.model_dump_json().encode()
        await self._outbox.add_fanout(connection, team_channel(team_id), body)
