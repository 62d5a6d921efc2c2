from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from services.insight.domain.preferences import KINDS, Channels, QuietHours, defaults, read_preferences


def hours(begin, end, zone="Europe/Berlin"):
    return QuietHours.model_validate({"from": begin, "to": end, "timezone": zone})


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "end"),
    [
        (("22:00", "07:00"), "2026-01-10T20:59", None),
        (("22:00", "07:00"), "2026-01-10T21:00", "2026-01-11T06:00"),
        (("22:00", "07:00"), "2026-01-11T05:59", "2026-01-11T06:00"),
        (("22:00", "07:00"), "2026-01-11T06:00", None),
        (("12:00", "13:30"), "2026-07-01T10:15", "2026-07-01T11:30"),
        (("12:00", "13:30"), "2026-07-01T11:30", None),
        # The night in which clocks are set forward, and the one in which they are set back.
        (("22:00", "07:00"), "2026-03-28T23:00", "2026-03-29T05:00"),
        (("22:00", "07:00"), "2026-10-24T22:00", "2026-10-25T06:00"),
        # A time that a night does not have ends when the clock is past it.
        (("22:00", "02:30"), "2026-03-29T00:30", "2026-03-29T01:30"),
        (("22:00", "07:00", "UTC"), "2026-01-10T23:00", "2026-01-11T07:00"),
    ],
)
def test_it_is_quiet_from_one_time_to_the_other_in_the_persons_zone(quiet, now, end):
    found = hours(*quiet).end_after(at(now))
    assert found == (at(end) if end else None)


@pytest.mark.parametrize(
    "wrong",
    [("22:00", "22:00"), ("24:00", "07:00"), ("7:00", "8:00"), ("22:00", "07:00", "Nowhere/Here")],
)
def test_hours_that_are_none_are_refused(wrong):
    with pytest.raises(ValidationError):
        hours(*wrong)


def test_who_has_chosen_nothing_is_told_as_the_team_has_it_and_else_as_usual():
    team = {"notification_defaults": {"health_alert": {"email": True}, "mention": {"app": "perhaps"}}}
    found = defaults(team)
    assert set(found) == set(KINDS)
    assert (found["health_alert"], found["mention"].app) == (Channels(email=True), True)
    assert not found["waiting_long"].email


def test_own_choices_come_first_and_kinds_of_another_time_are_passed_over():
    off = Channels(app=False, slack=False).model_dump()
    found = read_preferences({}, {"mention": off, "of_another_time": off}, None)
    assert found.events["mention"] == Channels.model_validate(off)
    assert found.events["runaway"].app
