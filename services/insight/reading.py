"""Shows insights to whoever reads them."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.insights import Insight, InsightComment
from services.insight.domain.views import Known, Row, comment_view, insight_view, people_in, spoken_of
from services.insight.store import insights, people, sessions
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.db import Connection


async def shown(caller: Caller, connection: Connection, rows: Sequence[Row]) -> list[Insight]:
    """The insights as this reader may see them."""
    named = {session_id for row in rows for session_id in spoken_of(row)}
    known = Known(
        names=await people.labels(caller, connection, _authors(rows)),
        sessions=await sessions.titles(caller, connection, named),
        voted=await insights.voted(caller, connection, [row["id"] for row in rows]),
    )
    return [insight_view(row, known) for row in rows]


async def shown_to_all(team: TeamsCaller, connection: Connection, row: Row) -> Insight:
    """The insight as every member of the team may see it: without a session that is private."""
    known = Known(
        names=await people.labels(team, connection, _authors([row])),
        sessions=await sessions.titles(team, connection, spoken_of(row)),
    )
    return insight_view(row, known)


async def said(
    actor: Caller | TeamsCaller, connection: Connection, rows: Sequence[Row]
) -> list[InsightComment]:
    """The comments with the names of those who are in the team now."""
    names = await people.labels(actor, connection, {one for row in rows for one in people_in(row)})
    return [comment_view(row, names) for row in rows]


def _authors(rows: Sequence[Row]) -> set[UUID]:
    return {row["shared_by"] for row in rows if row["shared_by"] is not None}
