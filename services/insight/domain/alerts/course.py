"""An incident from its first sign to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.contracts.notices import AlertState
from services.insight.domain.alerts.rules import Reading

Row = Mapping[str, Any]
Step = Literal["begun", "back", "over", "worse"]


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of an incident. Only what has `begun` is told to people; `shown`: pages hear of it."""

    step: Step
    values: dict[str, Any]
    shown: bool = True


def step(reading: Reading, latest: Row | None, cooldown: timedelta, now: datetime) -> Change | None:
    """What a reading changes, given the subject's latest incident of that kind; `None`: nothing.

    One that is over and comes back within `cooldown` goes on, and nobody is told again.
    """
    if reading.holds is None:
        return None
    firing = latest is not None and latest["firing"]
    if not reading.holds:
        return _over(latest, now) if latest is not None and firing else None
    if latest is not None and firing:
        return _worse(reading, latest, now)
    measured = {"value": reading.value, "threshold": reading.threshold, "reason": reading.reason}
    if latest is not None and latest["calm_at"] is not None and latest["calm_at"] + cooldown > now:
        state = latest["state"] if latest["resolved_by"] else standing(latest, now)
        resolved_at = latest["resolved_at"] if latest["resolved_by"] else None
        values = {"firing": True, "state": state, "resolved_at": resolved_at, "updated_at": now}
        return Change("back", measured | values, shown=state != latest["state"])
    values = {
        "firing": True, "state": "open", "opened_at": now, "updated_at": now, "revision": 1, "calm_at": None,
        "snoozed_until": None, "resolved_at": None, "resolved_by": None, "acknowledged_by": None,
        "ends_at": None,
    }  # fmt: skip
    return Change("begun", measured | values)


def standing(row: Row, now: datetime) -> AlertState:
    """How an incident stands that is not over."""
    if row["snoozed_until"] is not None and row["snoozed_until"] > now:
        return "snoozed"
    return "acknowledged" if row["acknowledged_by"] is not None else "open"


def _over(latest: Row, now: datetime) -> Change:
    values: dict[str, Any] = {"firing": False, "calm_at": now, "updated_at": now}
    if latest["state"] == "resolved":
        return Change("over", values, shown=False)
    return Change("over", values | {"state": "resolved", "resolved_at": now})


def _worse(reading: Reading, latest: Row, now: datetime) -> Change | None:
    """Keep the newest figure of what goes on; a threshold further on is shown."""
    further = reading.threshold != latest["threshold"]
    if not further and round(reading.value) == round(latest["value"]):
        return None
    values = {
        "value": reading.value, "threshold": reading.threshold, "reason": reading.reason, "updated_at": now
    }  # fmt: skip
    return Change("worse", values, shown=further)
