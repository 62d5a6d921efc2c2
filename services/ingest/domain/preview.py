"""What other thresholds and weights would make of sessions that are there."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from services.contracts.health import Thresholds, factor_scores, grade_of, weigh
from services.contracts.sessions import Grade
from services.ingest.domain.vitals import Row, thresholds_of, vitals_of, weights_of


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How a team judges."""

    thresholds: Thresholds
    weights: Mapping[str, float]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        return cls(thresholds_of(settings), weights_of(settings))


@dataclass(slots=True)
class Outcome:
    """Sessions that are judged at all, how many change grade, and by how many each grade is had.

    `alerts` are those below the threshold of a warning, each of which is one alert.
    """

    sessions: int = 0
    changed: int = 0
    before: Counter[Grade] = field(default_factory=Counter)
    after: Counter[Grade] = field(default_factory=Counter)

    @property
    def alerts(self) -> tuple[int, int]:
        return (_alerts(self.before), _alerts(self.after))


def compare(rows: Iterable[Row], before: Yardstick, after: Yardstick, now: datetime) -> Outcome:
    """Judge each session twice, by the formula that judges it when it is reported."""
    outcome = Outcome()
    for row in rows:
        scores = {} if row["given_health"] is not None else factor_scores(vitals_of(row, now))
        grades = [_grade(row, scores, one) for one in (before, after)]
        was, would_be = grades
        outcome.sessions += any(grades)
        outcome.changed += was != would_be
        outcome.before.update([was] if was else ())
        outcome.after.update([would_be] if would_be else ())
    return outcome


def _grade(row: Row, scores: Mapping[str, float], by: Yardstick) -> Grade | None:
    given = row["given_health"]
    score = weigh(scores, by.weights) if given is None else given
    return None if score is None else grade_of(score, by.thresholds)


def _alerts(grades: Counter[Grade]) -> int:
    return grades["warning"] + grades["critical"]
