import random
from datetime import timedelta

import pytest

from services.insight.domain.alerts.course import step
from services.insight.domain.alerts.rules import Reading
from tests.support.builders import BEN, START

COOLDOWN = timedelta(minutes=10)


def reading(*, holds, value=60.0, threshold=70.0):
    return Reading("health_alert", "one", holds, value, threshold, f"Health {value:.0f}")


class Course:
    """One incident after the other of one subject."""

    def __init__(self):
        self.rows = []
        self.now = START

    def read(self, **what):
        latest = self.rows[-1] if self.rows else None
        change = step(reading(**what), latest, COOLDOWN, self.now)
        if change is not None and change.step == "begun":
            self.rows.append(dict(change.values))
        elif change is not None:
            self.rows[-1] |= change.values
        return change.step if change else None

    def pass_time(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def course():
    return Course()


def test_an_incident_begins_goes_on_and_is_over(course):
    assert [course.read(holds=holds) for holds in (None, False, True, True, None, False, False)] == [
        None, None, "begun", None, None, "over", None,
    ]  # fmt: skip
    assert (course.rows[0]["state"], course.rows[0]["resolved_at"]) == ("resolved", course.now)


def test_what_comes_back_soon_is_the_same_incident(course):
    course.read(holds=True)
    course.read(holds=False)
    course.pass_time(minutes=9)
    assert course.read(holds=True) == "back"
    assert (len(course.rows), course.rows[0]["state"], course.rows[0]["resolved_at"]) == (1, "open", None)


def test_what_comes_back_late_is_another_one(course):
    course.read(holds=True)
    course.read(holds=False)
    course.pass_time(minutes=10)
    assert course.read(holds=True) == "begun"


def test_what_was_acknowledged_is_so_when_it_comes_back(course):
    course.read(holds=True)
    course.rows[0] |= {"state": "acknowledged", "acknowledged_by": BEN}
    course.read(holds=False)
    course.read(holds=True)
    assert course.rows[0]["state"] == "acknowledged"


def test_what_a_person_is_done_with_stays_so_until_it_was_over_for_long(course):
    course.read(holds=True)
    course.rows[0] |= {"state": "resolved", "resolved_by": BEN, "resolved_at": course.now}
    course.pass_time(hours=5)
    assert course.read(holds=True) is None
    course.read(holds=False)
    course.read(holds=True)
    assert (len(course.rows), course.rows[0]["state"]) == (1, "resolved")
    course.read(holds=False)
    course.pass_time(minutes=10)
    assert course.read(holds=True) == "begun"


def test_a_further_threshold_is_shown_and_nobody_told_again(course):
    course.read(holds=True, value=60)
    assert course.read(holds=True, value=35, threshold=40.0) == "worse"
    assert (len(course.rows), course.rows[0]["threshold"], course.rows[0]["value"]) == (1, 40.0, 35)


@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_readings_in_either_direction_are_one_incident(course, seed):
    chance = random.Random(seed)
    found = [course.read(holds=True)]
    for _ in range(1_000):
        course.pass_time(seconds=chance.uniform(0, 30))
        # Never calm for the whole pause: ten minutes of nothing but recovery would be the end of it.
        found.append(course.read(holds=chance.choice((True, False, None))))
    assert found.count("begun") == 1
    assert found.count("over") > 100
