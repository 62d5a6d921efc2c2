"""Sessions one by one, as pages show them and files hold them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.analytics.answers.person import thresholds
from services.analytics.answers.team import token_sums
from services.analytics.api.bodies import SessionFigures
from services.analytics.domain.measures import cost_usd
from services.analytics.store import people, sessions
from services.analytics.store.sessions import Listing, Row
from services.contracts.health import Thresholds, grade_of
from services.runtime.auth import Caller
from services.runtime.db import Connection

SAME_NAME = (
    "title", "user_id", "tool", "project", "repository", "model", "status", "visibility", "tags",
    "started_at", "last_activity_at", "duration_s", "health_score", "errors", "commits",
)  # fmt: skip


async def page(
    caller: Caller, connection: Connection, listing: Listing
) -> tuple[list[SessionFigures], list[Row]]:
    """What a page shows, and the rows it was made from with one more where there is a next page."""
    cuts = thresholds(await people.settings_of(caller, connection))
    rows = await sessions.page(caller, connection, listing)
    return await _shown(caller, connection, rows[: listing.limit], cuts), rows


async def every(
    caller: Caller, connection: Connection, listing: Listing
) -> AsyncIterator[list[SessionFigures]]:
    """The whole list, some at a time."""
    cuts = thresholds(await people.settings_of(caller, connection))
    async for rows in sessions.every(caller, connection, listing):
        yield await _shown(caller, connection, rows, cuts)


async def _shown(
    caller: Caller, connection: Connection, rows: Sequence[Row], cuts: Thresholds
) -> list[SessionFigures]:
    called = await people.labels(caller, connection, {row["user_id"] for row in rows})
    return [_view(row, called, cuts) for row in rows]


def _view(row: Mapping[str, Any], called: Mapping[UUID, str], cuts: Thresholds) -> SessionFigures:
    score = row["health_score"]
    return SessionFigures(
        id=row["session_id"],
        username=called[row["user_id"]],
        **{name: row[name] for name in SAME_NAME},
        grade=None if score is None else grade_of(score, cuts),
        tokens=token_sums(row["used"]),
        cost_usd=cost_usd(row["used"]),
    )
