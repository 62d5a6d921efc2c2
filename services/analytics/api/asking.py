"""How a question is asked: a range of time, a zone, and filters."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from llm_session_manager.protocol import Tool
from services.analytics.answers.asked import Asked
from services.analytics.domain.period import PeriodError, is_zone, make_period
from services.analytics.store import people
from services.analytics.store.sources import Narrowing
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.errors import unprocessable

Text = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
Names = Annotated[list[Text] | None, Query(max_length=50)]
Bound = Annotated[
    str | None,
    Query(max_length=40, description="An instant with its offset, or a date, which begins in `tz`."),
]
From = Annotated[
    str | None,
    Query(alias="from", max_length=40, description="An instant with its offset, or a date in `tz`."),
]
Zone = Annotated[
    str | None, Query(max_length=64, description="An IANA zone; the team's where none is given.")
]
Cursor = Annotated[str | None, Query(max_length=500)]


@dataclass(frozen=True, slots=True)
class Range:
    """A range as it was asked for."""

    since: str | None = None
    until: str | None = None
    zone: str | None = None
    weekends: bool = True


def range_only(from_: From = None, to: Bound = None, tz: Zone = None) -> Range:
    """The range `[from, to)`; without bounds, the last 30 days up to now."""
    return Range(from_, to, tz)


@dataclass(frozen=True, slots=True)
class Filters:
    """A range, and what it is narrowed to."""

    range: Range
    narrowing: Narrowing


def filters(
    span: Annotated[Range, Depends(range_only)],
    user_id: Annotated[list[UUID] | None, Query(max_length=50)] = None,
    tool: Annotated[list[Tool] | None, Query(max_length=50)] = None,
    project: Names = None,
    model: Names = None,
    tag: Names = None,
    weekends: Annotated[bool, Query(description="`false` leaves out Saturdays and Sundays of `tz`.")] = True,
) -> Filters:
    """Values of one filter are alternatives, filters hold together."""
    narrowing = Narrowing(
        tuple(user_id or ()), tuple(tool or ()), tuple(project or ()), tuple(model or ()), tuple(tag or ())
    )
    return Filters(Range(span.since, span.until, span.zone, weekends), narrowing)


async def asked(
    caller: Caller, connection: Connection, clock: Clock, span: Range, narrowing: Narrowing | None = None
) -> Asked:
    """Read the range in the zone asked for, or the team's. Raises `Problem` 422."""
    zone = span.zone
    if zone is None:
        settings = await people.settings_of(caller, connection)
        known = settings.get("timezone", "UTC")
        zone = known if is_zone(known) else "UTC"
    now = clock.now()
    try:
        period = make_period(span.since, span.until, zone, now, weekends=span.weekends)
    except PeriodError as error:
        raise unprocessable(error.field, str(error)) from error
    return Asked(period, now, narrowing or Narrowing())
