"""Usage that has no price."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.domain.calendar import HOUR, MONDAY, SATURDAY, WEEK, Grid
from services.analytics.store.questions import local
from services.analytics.store.sources import Narrowing, matching, visible_to
from services.analytics.store.sums import exact_sum
from services.analytics.tables import sessions, usage
from services.runtime.auth import Caller

MOST = 500


async def models(
    caller: Caller, connection: AsyncConnection, grid: Grid, narrowing: Narrowing
) -> Sequence[dict[str, Any]]:
    """By model, of the sessions that the caller sees: calls, tokens and sessions; most tokens first."""
    inside = and_(usage.c.quarter >= grid.first, usage.c.quarter < grid.last)
    if not grid.weekends:
        inside = and_(inside, local(grid, usage.c.quarter, MONDAY) % WEEK < SATURDAY)
    query = (
        select(
            usage.c.model, exact_sum(usage.c.unpriced).label("calls"),
            exact_sum(usage.c.total).label("tokens"),
            func.count(usage.c.session_id.distinct()).label("sessions"),
        )
        .select_from(usage.join(sessions, sessions.c.session_id == usage.c.session_id))
        .where(
            usage.c.team_id == caller.team, usage.c.hour >= grid.first // HOUR,
            usage.c.hour <= grid.last // HOUR, usage.c.unpriced > 0, inside, visible_to(caller.user_id),
            *matching(narrowing),
        )
        .group_by(usage.c.model)
        .limit(MOST)
    )  # fmt: skip
    if narrowing.model:
        query = query.where(usage.c.model.in_(narrowing.model))
    rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    return sorted(rows, key=lambda row: (-row["tokens"], row["model"]))
