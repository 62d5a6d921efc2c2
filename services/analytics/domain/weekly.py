"""When a week's report is due, and its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the week, beside that of the week before; `None` is not known."""

    name: str
    now: float | None
    before: float | None
    unit: str = ""


def week_due(now: datetime, zone: str, hour: int) -> date:
    """The Monday of the last week whose report may be given: from that hour of the Monday after it on."""
    local = now.astimezone(ZoneInfo(zone))
    monday = local.date() - timedelta(days=local.weekday())
    if local.date() == monday and local.hour < hour:
        monday -= WEEK
    return monday - WEEK


def title(week: date) -> str:
    last = week + WEEK - timedelta(days=1)
    return f"Your team’s week, {week.isoformat()} to {last.isoformat()}"


def texts(lines: Sequence[Line]) -> Iterator[str]:
    """A sentence for each figure that is known."""
    for line in lines:
        if line.now is not None:
            yield f"{line.name}: {_number(line.now, line.unit)}{_change(line)}"


def _change(line: Line) -> str:
    if line.now is None or not line.before:
        return ""
    percent = round(100 * (line.now - line.before) / line.before)
    return f" ({percent:+d} % to the week before)" if percent else " (as in the week before)"


def _number(value: float, unit: str) -> str:
    if unit == "$":
        return f"${value:,.2f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
