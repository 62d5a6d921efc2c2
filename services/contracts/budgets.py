"""What analytics tells of budgets and of weeks that are over."""

from typing import Literal
from uuid import UUID

from services.contracts.sessions import Instant, Shape

BUDGET_CROSSED = "budget.crossed"
WEEK_REPORTED = "weekly.reported"
BudgetScope = Literal["session", "member_day", "team_month"]
BudgetUnit = Literal["tokens", "cost"]
BudgetPercent = Literal[50, 80, 100]


class BudgetCrossed(Shape):
    """So much of a budget is used up: told once for each percentage of a period.

    `user_id` is whose session or day it is, nobody's for the team's month. `period` is the local day
    (`2026-03-01`) or month (`2026-03`) of the team's zone, `session` for a session's whole life. `value` and
    `limit` are tokens, or US dollars at API prices. What a person used in private sessions counts in
    their own day, so that is theirs alone to know.
    """

    v: Literal[1] = 1
    kind: Literal["budget.crossed"] = "budget.crossed"
    team_id: UUID
    user_id: UUID | None
    session_id: UUID | None
    scope: BudgetScope
    unit: BudgetUnit
    percent: BudgetPercent
    period: str
    value: float
    limit: float
    at: Instant


class WeekReported(Shape):
    """A team's week, from its Monday on in the team's zone, as every member may see it: told once.

    `title` and `lines` are plain text; `link` is a path of the page.
    """

    v: Literal[1] = 1
    kind: Literal["weekly.reported"] = "weekly.reported"
    event_id: UUID
    team_id: UUID
    week: str
    title: str
    lines: list[str]
    link: str
    at: Instant
