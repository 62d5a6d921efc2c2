"""Limits of what is used, the percentages at which they are told of, and the time they are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID
from zoneinfo import ZoneInfo

from services.analytics.domain.calendar import quarter_of
from services.analytics.domain.measures import Measures
from services.analytics.domain.period import Period, first_quarter
from services.contracts.budgets import BudgetPercent, BudgetScope, BudgetUnit
from services.contracts.prices import PICO

LEVELS: tuple[BudgetPercent, ...] = get_args(BudgetPercent)
SCOPES: tuple[BudgetScope, ...] = get_args(BudgetScope)
UNITS: tuple[BudgetUnit, ...] = get_args(BudgetUnit)
# What a unit is called in a team's settings and among the sums; a session's has no end.
SETTINGS: Mapping[BudgetUnit, str] = {"tokens": "token_limits", "cost": "cost_limits"}
COLUMNS: Mapping[BudgetUnit, str] = {"tokens": "total", "cost": "cost_pico"}
WHOLE_LIFE = "session"


@dataclass(frozen=True, slots=True)
class Limit:
    """`most` is in tokens, or in picodollars."""

    scope: BudgetScope
    unit: BudgetUnit
    most: int

    def used(self, measures: Measures) -> int:
        """What counts towards it; what nobody knows does not."""
        return measures.get(COLUMNS[self.unit]) or 0

    def shown(self, value: int) -> float:
        """In tokens, or in dollars."""
        return value if self.unit == "tokens" else round(value / PICO, 6)

    def passed(self, value: int) -> list[BudgetPercent]:
        """The percentages that so much is at, or beyond."""
        return [level for level in LEVELS if value * 100 >= level * self.most]

    def percent(self, value: int) -> float:
        return round(value * 100 / self.most, 1)


@dataclass(frozen=True, slots=True)
class Standing:
    """So much of a limit is used by somebody (`subject`: a person, a session, or nobody for the team)."""

    limit: Limit
    subject: UUID
    user_id: UUID | None
    period: str
    value: int


@dataclass(frozen=True, slots=True)
class Times:
    """The day and the month that a moment is in, as a zone has them, up to that moment."""

    day: str
    month: str
    today: Period
    this_month: Period


def limits_of(settings: Mapping[str, Any]) -> list[Limit]:
    """The limits that a team has set."""
    return [
        Limit(scope, unit, round(most * (PICO if unit == "cost" else 1)))
        for unit in UNITS
        for scope in SCOPES
        if (most := (settings.get(SETTINGS[unit]) or {}).get(f"per_{scope}"))
    ]


def times(now: datetime, zone: str) -> Times:
    local = now.astimezone(ZoneInfo(zone)).date()
    last = quarter_of(now) + 1

    def since(day: date) -> Period:
        return Period(first_quarter(day, zone), last, zone)

    return Times(local.isoformat(), local.isoformat()[:7], since(local), since(local.replace(day=1)))


def of_scope(limits: Iterable[Limit], scope: BudgetScope) -> list[Limit]:
    return [limit for limit in limits if limit.scope == scope]
