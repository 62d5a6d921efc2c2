from datetime import timedelta

import pytest

from services.contracts.sessions import Health, Tokens
from services.insight.domain.alerts.limits import Limits
from services.insight.domain.alerts.rules import (
    SILENT,
    context,
    health,
    mark_of,
    new_tokens,
    runaway,
    silence,
    waiting,
)
from services.runtime.settings.numbers import Numbers
from tests.support.builders import AGENT, START
from tests.support.states import make_session

LIMITS = Limits.of({}, Numbers())


def scored(score, **changes):
    return make_session(health=Health(score=score, grade="good", top_reason="Quiet for 2 h"), **changes)


@pytest.mark.parametrize(
    ("score", "status", "holds", "threshold"),
    [
        (69.9, "active", True, 70), (39.9, "waiting", True, 40), (70, "active", None, 70),
        (74.9, "active", None, 70), (75, "active", False, 70), (10, "idle", None, 40),
        (10, "ended", False, 40),
    ],
)  # fmt: skip
def test_health_is_low_below_the_threshold_and_well_some_points_above(score, status, holds, threshold):
    found = health(scored(score, status=status), LIMITS)
    assert (found.holds, found.threshold) == (holds, threshold)


def test_health_that_is_not_known_says_nothing():
    assert health(make_session(health=None), LIMITS).holds is None


def test_a_team_has_thresholds_of_its_own():
    own = Limits.of({"health_thresholds": {"warning": 98, "critical": 20}}, Numbers())
    assert [health(scored(score), own).holds for score in (97.9, 99, 100)] == [True, None, False]


def filled(percent, **changes):
    used = percent * 2_000
    tokens = Tokens(
        input=1, output=1, cache_read=0, cache_write=0, reasoning=None, total=2, context_used=used,
        context_window=200_000,
    )  # fmt: skip
    return make_session(tokens=tokens, **changes)


@pytest.mark.parametrize(("percent", "holds"), [(90, True), (89, None), (86, None), (85, False)])
def test_a_context_is_full_from_the_teams_share_on(percent, holds):
    assert context(filled(percent), LIMITS).holds is holds


def test_a_context_of_unknown_size_is_never_full():
    tokens = filled(95).tokens.model_copy(update={"context_window": None})
    assert context(make_session(tokens=tokens), LIMITS).holds is None


@pytest.mark.parametrize(
    ("minutes", "status", "holds"),
    [(30, "waiting", True), (29, "waiting", False), (30, "active", False), (60 * 25, "waiting", None)],
)
def test_waiting_is_long_after_the_teams_minutes_and_nobodys_hurry_after_a_day(minutes, status, holds):
    session = make_session(status=status, last_activity_at=START)
    assert waiting(session, LIMITS, START + timedelta(minutes=minutes)).holds is holds


def test_a_team_may_want_to_hear_nothing_of_waiting():
    none = Limits.of({"waiting_alert_minutes": None}, Numbers())
    session = make_session(status="waiting", last_activity_at=START)
    assert waiting(session, none, START + timedelta(hours=5)).holds is False


@pytest.mark.parametrize(
    ("before", "status", "reason", "holds"),
    [
        ("active", "idle", SILENT, True), ("idle", "idle", SILENT, None), (None, "idle", SILENT, None),
        ("idle", "active", "running a tool", False), ("idle", "ended", SILENT, False),
        ("active", "ended", None, None),
    ],
)  # fmt: skip
def test_a_machine_is_missed_where_it_fell_silent_at_work(before, status, reason, holds):
    session = make_session(status=status, status_reason=reason, agent_id=AGENT)
    assert silence(session, before, LIMITS).holds is holds


def at_work(minutes, tokens, calls, **changes):
    spent = Tokens(
        input=tokens, output=0, cache_read=9_000_000, cache_write=0, reasoning=None, total=tokens + 9_000_000,
        context_used=None, context_window=None,
    )  # fmt: skip
    at = START + timedelta(minutes=minutes)
    return make_session(tokens=spent, tool_calls=calls, last_activity_at=at, **changes)


def test_what_is_read_from_a_cache_is_no_work():
    assert new_tokens(at_work(0, 5, 0)) == 5


@pytest.mark.parametrize(
    ("minutes", "tokens", "calls", "changes", "holds"),
    [
        (15, 301_000, 23, {}, True), (14, 301_000, 23, {}, None), (15, 300_000, 23, {}, None),
        (15, 301_000, 22, {}, None), (15, 301_000, 23, {"commits": 2}, False),
        (15, 301_000, 23, {"status": "ended"}, False), (15, 301_000, 23, {"status": "idle"}, None),
    ],
)  # fmt: skip
def test_a_session_runs_away_that_works_much_and_gets_nowhere(minutes, tokens, calls, changes, holds):
    mark = mark_of(at_work(0, 1_000, 3), START)
    found = runaway(at_work(minutes, tokens, calls, **changes), mark, LIMITS)
    assert found.holds is holds
