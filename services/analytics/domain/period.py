"""The range of time that a question is about."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.analytics.domain.calendar import DAY, SECONDS, Grid, Kind, instant_of, make_grid, quarter_of

DATE = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")
DEFAULT_DAYS = 30
MOST_DAYS = 400
YEARS = range(2000, 2100)


class PeriodError(ValueError):
    """What of a range is wrong (`field`), and how, in words for whoever asked."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Period:
    """The quarters [first, last), as seen in a zone; with or without Saturdays and Sundays."""

    first: int
    last: int
    zone: str
    weekends: bool = True

    def grid(self, kind: Kind) -> Grid:
        return make_grid(kind, self.zone, self.first, self.last, weekends=self.weekends)

    def before(self) -> "Period":
        """As long a period directly before it; of whole local days, as many days."""
        first_day, last_day = self._day(self.first), self._day(self.last)
        if (first_quarter(first_day, self.zone), first_quarter(last_day, self.zone)) == (
            self.first,
            self.last,
        ):
            first = first_quarter(first_day - (last_day - first_day), self.zone)
        else:
            first = 2 * self.first - self.last
        return Period(first, self.first, self.zone, self.weekends)

    def _day(self, quarter: int) -> date:
        return datetime.fromtimestamp(quarter * SECONDS, ZoneInfo(self.zone)).date()


def make_period(since: str | None, until: str | None, zone: str, now: datetime, *, weekends: bool) -> Period:
    """Read the bounds of a range. Raises `PeriodError`.

    Without an end it lasts until now, the quarter of this moment included; without a beginning, for 30 days.
    """
    if not is_zone(zone):
        raise PeriodError("tz", "is no IANA time zone")
    last = quarter_of(now) + 1 if until is None else _bound("to", until, zone)
    first = last - DEFAULT_DAYS * DAY if since is None else _bound("from", since, zone)
    if first >= last:
        raise PeriodError("to", "must lie after `from`")
    if last - first > MOST_DAYS * DAY:
        raise PeriodError("from", f"the range may be {MOST_DAYS} days long")
    return Period(first, last, zone, weekends)


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _bound(field: str, text: str, zone: str) -> int:
    try:
        if DATE.fullmatch(text):
            quarter = first_quarter(date.fromisoformat(text), zone)
        elif INSTANT.fullmatch(text):
            quarter = quarter_of(datetime.fromisoformat(text))
        else:
            raise PeriodError(field, "is neither a date nor an instant with its offset")
        year = instant_of(quarter).year
    except (ValueError, OverflowError, OSError) as error:
        if isinstance(error, PeriodError):
            raise
        raise PeriodError(field, "is no time there is") from error
    if year not in YEARS:
        raise PeriodError(field, "lies outside of 2000 to 2099")
    return quarter


def first_quarter(day: date, zone: str) -> int:
    """The first quarter of a local day."""
    return quarter_of(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))
