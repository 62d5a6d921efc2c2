"""A preview of other settings is what a recompute by them comes to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.health import WEIGHTS, Vitals, assess, factor_scores, weigh
from services.ingest.domain.preview import Yardstick, compare
from services.ingest.domain.vitals import assess_row
from tests.services.ingest.api.team import code
from tests.support.builders import START

SETTINGS = {
    "health_thresholds": {"warning": 85, "critical": 55},
    "health_weights": {"context": 90, "loops": 0},
}
MANY = 10_000


def rows(count):
    """Sessions of all kinds, the same ones each time."""
    for n in range(count):
        yield {
            "status": "ended" if n % 3 else "active", "last_activity_at": START, "context_window": 200_000,
            "context_used": None if n % 11 == 0 else n * 7_919 % 200_000,
            "active_seconds": n * 104_729 % 60_000, "api_errors": n % 5, "compactions": n % 7,
            "tool_calls": n % 40, "errors": n % 9, "refusals": n % 2,
            "longest_repeat": n % 12, "given_health": float(n % 101) if n % 13 == 0 else None,
        }  # fmt: skip


def test_it_equals_the_recompute_of_ten_thousand_sessions():
    outcome = compare(rows(MANY), Yardstick.of({}), Yardstick.of(SETTINGS), START)
    grades = [[assess_row(row, known, START).health for row in rows(MANY)] for known in ({}, SETTINGS)]
    was, would_be = ([one and one.grade for one in some] for some in grades)
    assert outcome.sessions == sum(grade is not None for grade in was) == MANY
    assert outcome.changed == sum(one != other for one, other in zip(was, would_be, strict=True)) > 100
    for counted, expected in ((outcome.before, was), (outcome.after, would_be)):
        assert dict(counted) == {grade: expected.count(grade) for grade in ("good", "warning", "critical")}


@given(
    st.builds(
        Vitals,
        context_used=st.none() | st.integers(0, 200_000),
        context_window=st.just(200_000),
        active_seconds=st.none() | st.floats(0, 10**6),
        silent_seconds=st.none() | st.floats(0, 10**6),
        api_errors=st.none() | st.integers(0, 50),
        compactions=st.none() | st.integers(0, 20),
        tool_calls=st.none() | st.integers(0, 500),
        tool_failures=st.none() | st.integers(0, 500),
        longest_repeat=st.none() | st.integers(0, 50),
    ),
    st.fixed_dictionaries({name: st.floats(0, 100) for name in WEIGHTS}),
)
def test_factors_weighed_apart_come_to_the_same_score(vitals, weights):
    whole = assess(vitals, None, weights).health
    assert weigh(factor_scores(vitals), weights) == (whole.score if whole else None)


async def test_an_admin_sees_what_would_change_and_nothing_is_saved(team):
    await team.shared(native_id="good", context_used=1_000, errors=0)
    await team.shared(native_id="full", context_used=196_000, errors=0)
    await team.session(team.bens, "bens own", context_used=196_000)
    path = f"/api/teams/{team.anna.team_id}/settings/preview"
    asked = {"health_thresholds": {"warning": 99, "critical": 90}}
    answer = await team.anna.browser.post(path, json=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["sessions"], told["grades"]["before"]) == (2, {"good": 2, "warning": 0, "critical": 0})
    assert told["changed"] == 1
    assert told["grades"]["after"] == {"good": 1, "warning": 0, "critical": 1}
    assert told["alerts_per_week"] == {"before": 0, "after": 0.2}
    again = (await team.anna.browser.post(path, json={})).json()
    assert (again["changed"], again["grades"]["before"]) == (0, again["grades"]["after"])
    items = (await team.anna.browser.get("/api/sessions")).json()["items"]
    assert {one["health"]["grade"] for one in items} == {"good"}


@pytest.mark.parametrize(
    "asked",
    [
        {"health_thresholds": {"warning": 10, "critical": 20}},
        {"health_thresholds": {"warning": 101}},
        {"health_weights": {"context": -1}},
        {"health_weights": {"No such": 1}},
        {"retention_days": 1},
    ],
)
async def test_settings_that_could_not_be_saved_are_refused(team, asked):
    path = f"/api/teams/{team.anna.team_id}/settings/preview"
    assert (await team.anna.browser.post(path, json=asked)).status_code == 422


async def test_others_are_refused(team):
    path = f"/api/teams/{team.anna.team_id}/settings/preview"
    assert code(await team.ben.browser.post(path, json={})) == (403, "forbidden")
    assert code(await team.olga.browser.post(path, json={})) == (404, "not_found")
