"""The health of a session: one formula for every agent, with named factors.

`score` = Σ weight × factor score / Σ weight over the factors whose value is known, each factor 0-100.
Grades are cut by the team's thresholds. Each factor's score is a straight line between the points listed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import floor

from services.contracts.sessions import Grade, Health, Shape

Points = tuple[tuple[float, float], ...]

WEIGHTS: Mapping[str, float] = {
    "context": 25, "tool_failures": 20, "errors": 15, "duration": 10, "activity": 10, "compactions": 10,
    "loops": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores below `warning` are a warning, below `critical` critical."""

    warning: float = 70.0
    critical: float = 40.0


@dataclass(frozen=True, slots=True)
class Vitals:
    """What the formula looks at. `None` is not known, and leaves its factor out."""

    context_used: int | None = None
    context_window: int | None = None
    active_seconds: float | None = None
    silent_seconds: float | None = None
    api_errors: int | None = None
    compactions: int | None = None
    tool_calls: int | None = None
    tool_failures: int | None = None
    longest_repeat: int | None = None


class Factor(Shape):
    """One part of the score; `value` is in the unit that `explanation` names."""

    name: str
    score: float
    weight: float
    value: float
    explanation: str


@dataclass(frozen=True, slots=True)
class _Rule:
    value: Callable[[Vitals], float | None]
    points: Points
    say: Callable[[float], str]


def _share_of_context(vitals: Vitals) -> float | None:
    if vitals.context_used is None or not vitals.context_window:
        return None
    return min(vitals.context_used / vitals.context_window, 1.0)


def _failure_share(vitals: Vitals) -> float | None:
    if vitals.tool_calls is None or vitals.tool_failures is None:
        return None
    # A few first calls prove little: below ten the share is taken of ten.
    return min(vitals.tool_failures / max(vitals.tool_calls, 10), 1.0)


def _hours(vitals: Vitals) -> float | None:
    return None if vitals.active_seconds is None else vitals.active_seconds / 3600


def _silent_minutes(vitals: Vitals) -> float | None:
    return None if vitals.silent_seconds is None else max(vitals.silent_seconds, 0) / 60


def _count(number: int | None) -> float | None:
    return None if number is None else float(number)


def _times(number: float, one: str, many: str) -> str:
    return f"{number:.0f} {one if number == 1 else many}"


def _percent(share: float) -> int:
    """A half is rounded up, as on the page: Python's own rounding makes 30 of 30.5."""
    return floor(share * 100 + 0.5)


RULES: Mapping[str, _Rule] = {
    "context": _Rule(
        _share_of_context, ((0.5, 100), (0.7, 80), (0.9, 30), (1.0, 0)),
        lambda v: f"Context {_percent(v)} % full",
    ),
    "tool_failures": _Rule(
        _failure_share, ((0.0, 100), (0.1, 80), (0.3, 40), (0.5, 0)),
        lambda v: f"{_percent(v)} % of tool calls failed" if v else "No failed tool calls",
    ),
    "errors": _Rule(
        lambda v: _count(v.api_errors), ((0, 100), (1, 80), (3, 50), (10, 0)),
        lambda v: _times(v, "failed model call", "failed model calls") if v else "No failed model calls",
    ),
    "duration": _Rule(
        _hours, ((2, 100), (4, 75), (8, 40), (16, 10)),
        lambda v: (f"{v:.1f} hours" if v >= 1 else _times(round(v * 60), "minute", "minutes")) + " of work",
    ),
    "activity": _Rule(
        _silent_minutes, ((10, 100), (60, 60), (240, 20), (1440, 0)),
        lambda v: f"Quiet for {v / 60:.0f} h" if v >= 120 else f"Quiet for {v:.0f} min",
    ),
    "compactions": _Rule(
        lambda v: _count(v.compactions), ((0, 100), (1, 80), (3, 40), (6, 0)),
        lambda v: f"Context compacted {_times(v, 'time', 'times')}" if v else "Never compacted",
    ),
    "loops": _Rule(
        lambda v: _count(v.longest_repeat), ((3, 100), (5, 60), (10, 0)),
        lambda v: f"Same call {v:.0f} times in a row" if v > 1 else "No repeated calls",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assessment:
    """`health` is `None` when no factor is known."""

    health: Health | None
    factors: tuple[Factor, ...] = field(default=())


def assess(
    vitals: Vitals, thresholds: Thresholds | None = None, weights: Mapping[str, float] | None = None
) -> Assessment:
    """Work out score, grade and factors, the factor that costs most first."""
    chosen = {**WEIGHTS, **(weights or {})}
    health = judge(vitals, thresholds, chosen)
    if health is None:
        return Assessment(None)
    factors = [
        factor for name, rule in RULES.items() if (factor := _factor(name, rule, vitals, chosen[name]))
    ]
    factors.sort(key=lambda factor: (-factor.weight * (100 - factor.score), factor.name))
    return Assessment(health, tuple(factors))


def judge(
    vitals: Vitals, thresholds: Thresholds | None = None, weights: Mapping[str, float] | None = None
) -> Health | None:
    """Work out score, grade and what costs most; `None` when no factor is known."""
    chosen = {**WEIGHTS, **(weights or {})}
    scores = factor_scores(vitals)
    score = weigh(scores, chosen)
    if score is None:
        return None
    costs = [(-chosen[name] * (100 - each), name) for name, each in scores.items() if chosen[name] > 0]
    _, worst = min(costs)
    reason = "No problems seen"
    if scores[worst] < 100 and (value := RULES[worst].value(vitals)) is not None:
        reason = RULES[worst].say(value)
    return Health(score=score, grade=grade_of(score, thresholds or Thresholds()), top_reason=reason)


def factor_scores(vitals: Vitals) -> Mapping[str, float]:
    """The scores of all factors that are known, whatever they weigh."""
    values = {name: rule.value(vitals) for name, rule in RULES.items()}
    return {name: _score(RULES[name], value) for name, value in values.items() if value is not None}


def weigh(scores: Mapping[str, float], weights: Mapping[str, float]) -> float | None:
    """The session's score by these weights, of all factors; `None` where nothing known weighs anything."""
    heavy = [name for name in RULES if name in scores and weights[name] > 0]
    total = sum(weights[name] for name in heavy)
    return round(sum(weights[name] * scores[name] for name in heavy) / total, 1) if total else None


def grade_of(score: float, thresholds: Thresholds) -> Grade:
    if score < thresholds.critical:
        return "critical"
    return "warning" if score < thresholds.warning else "good"


def _factor(name: str, rule: _Rule, vitals: Vitals, weight: float) -> Factor | None:
    value = rule.value(vitals)
    if value is None or weight <= 0:
        return None
    score = _score(rule, value)
    return Factor(name=name, score=score, weight=weight, value=round(value, 4), explanation=rule.say(value))


def _score(rule: _Rule, value: float) -> float:
    return round(_on_line(rule.points, value), 1)


def _on_line(points: Sequence[tuple[float, float]], value: float) -> float:
    """Follow the straight lines between the points; flat before the first and after the last."""
    if value <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return points[-1][1]
