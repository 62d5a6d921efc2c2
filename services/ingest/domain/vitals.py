"""Reads a stored session's vital signs for the health formula."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.contracts.health import (
    WEIGHTS,
    Assessment,
    Thresholds,
    Vitals,
    assess,
    factor_scores,
    grade_of,
    judge,
    weigh,
)
from services.contracts.sessions import Health

Row = Mapping[str, Any]


def vitals_of(row: Row, now: datetime) -> Vitals:
    """Silence counts against live sessions only: one that ended may rest."""
    last = row["last_activity_at"]
    live = row["status"] != "ended"
    errors, refusals = row["errors"], row["refusals"]
    return Vitals(
        context_used=row["context_used"],
        context_window=row["context_window"],
        active_seconds=row["active_seconds"],
        silent_seconds=(now - last).total_seconds() if live and last else None,
        api_errors=row["api_errors"],
        compactions=row["compactions"],
        tool_calls=row["tool_calls"],
        tool_failures=None if errors is None else max(errors - (refusals or 0), 0),
        longest_repeat=row["longest_repeat"],
    )


def assess_row(row: Row, settings: Mapping[str, Any], now: datetime) -> Assessment:
    """Assess by the team's own thresholds and weights where it has set them.

    A score that a script gave stands as it is, without factors.
    """
    if row["given_health"] is not None:
        return Assessment(health_of_row(row, settings, now))
    return assess(vitals_of(row, now), thresholds_of(settings), weights_of(settings))


def health_of_row(row: Row, settings: Mapping[str, Any], now: datetime) -> Health | None:
    """The health that `assess_row` gives."""
    thresholds, given = thresholds_of(settings), row["given_health"]
    if given is not None:
        grade = grade_of(given, thresholds)
        return Health(score=given, grade=grade, top_reason="Reported by a script")
    return judge(vitals_of(row, now), thresholds, weights_of(settings))


def score_of_row(row: Row, settings: Mapping[str, Any], now: datetime) -> float | None:
    """The score that `assess_row` gives."""
    given: float | None = row["given_health"]
    if given is not None:
        return given
    return weigh(factor_scores(vitals_of(row, now)), weights_of(settings))


def weights_of(settings: Mapping[str, Any]) -> Mapping[str, float]:
    """The weights of all factors, the team's own where it has set them."""
    own = settings.get("health_weights") or {}
    return {**WEIGHTS, **{name: float(weight) for name, weight in own.items() if name in WEIGHTS}}


def thresholds_of(settings: Mapping[str, Any]) -> Thresholds:
    cuts = settings.get("health_thresholds") or {}
    return Thresholds(float(cuts.get("warning", 70)), float(cuts.get("critical", 40)))
