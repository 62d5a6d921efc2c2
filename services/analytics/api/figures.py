"""The figures of a team and of a person, over time and by what they come from."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.analytics.answers.breakdown import breakdown, options
from services.analytics.answers.budgets import budgets
from services.analytics.answers.person import person
from services.analytics.answers.team import team
from services.analytics.answers.trends import Wanted, trends
from services.analytics.answers.unpriced import unpriced
from services.analytics.api.asking import Filters, Range, asked, filters, range_only
from services.analytics.api.bodies import (
    Breakdown,
    Bucket,
    BudgetStandings,
    Dimension,
    Grouping,
    Metric,
    Options,
    TeamFigures,
    TokenKind,
    Trends,
    UnpricedModels,
    UserFigures,
)
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database

Filtered = Annotated[Filters, Depends(filters)]
Ranged = Annotated[Range, Depends(range_only)]


def wanted(
    metric: Metric = "tokens",
    bucket: Bucket = "day",
    group_by: Grouping | None = None,
    kind: TokenKind = "total",
) -> Wanted:
    """`kind` is that of tokens."""
    return Wanted(metric, bucket, group_by, kind)


def routes(database: Database, gate: TokenGate, clock: Clock) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/analytics", tags=["analytics"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.get("/team")
    async def team_figures(caller: Reader, which: Filtered) -> TeamFigures:
        """What the team did in a range, beside the period before it."""
        async with database.read(caller, plans_anew=True) as connection:
            question = await asked(caller, connection, clock, which.range, which.narrowing)
            return await team(caller, connection, question)

    @router.get("/user/{user_id}")
    async def user_figures(caller: Reader, user_id: UUID, span: Ranged) -> UserFigures:
        """What one person did, as far as the caller may see it."""
        async with database.read(caller, plans_anew=True) as connection:
            return await person(caller, connection, await asked(caller, connection, clock, span), user_id)

    @router.get("/trends")
    async def team_trends(
        caller: Reader, which: Filtered, what: Annotated[Wanted, Depends(wanted)]
    ) -> Trends:
        """How a figure went over time, with the hours of the week it comes from and common failures."""
        async with database.read(caller, plans_anew=True) as connection:
            question = await asked(caller, connection, clock, which.range, which.narrowing)
            return await trends(caller, connection, question, what)

    @router.get("/breakdown")
    async def team_breakdown(caller: Reader, which: Filtered, by: Dimension = "user") -> Breakdown:
        """Who, or what, the figures come from."""
        async with database.read(caller, plans_anew=True) as connection:
            question = await asked(caller, connection, clock, which.range, which.narrowing)
            return await breakdown(caller, connection, question, by)

    @router.get("/options")
    async def filter_options(caller: Reader, span: Ranged) -> Options:
        """What filters may offer the caller for a range."""
        async with database.read(caller, plans_anew=True) as connection:
            return await options(caller, connection, await asked(caller, connection, clock, span))

    @router.get("/budgets")
    async def budget_standings(caller: Reader) -> BudgetStandings:
        """How far the team's limits are used up: its month, the caller's own day and sessions."""
        async with database.read(caller, plans_anew=True) as connection:
            return await budgets(caller, connection, clock.now())

    @router.get("/unpriced")
    async def unpriced_models(caller: Reader, which: Filtered) -> UnpricedModels:
        """The models that were used and have no price, which no cost counts."""
        async with database.read(caller, plans_anew=True) as connection:
            question = await asked(caller, connection, clock, which.range, which.narrowing)
            return await unpriced(caller, connection, question)

    return router
