"""The formula of health: known points, straight lines between them, and worse is never better."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.health import RULES, WEIGHTS, Thresholds, Vitals, assess, grade_of

WELL = Vitals(
    context_used=0, context_window=100_000, active_seconds=0, silent_seconds=0, api_errors=0, compactions=0,
    tool_calls=100, tool_failures=0, longest_repeat=0,
)  # fmt: skip

POINTS = [
    ("context", {"context_used": 50_000}, 100), ("context", {"context_used": 60_000}, 90),
    ("context", {"context_used": 70_000}, 80), ("context", {"context_used": 80_000}, 55),
    ("context", {"context_used": 90_000}, 30), ("context", {"context_used": 100_000}, 0),
    ("context", {"context_used": 400_000}, 0), ("tool_failures", {"tool_failures": 5}, 90),
    ("tool_failures", {"tool_failures": 10}, 80), ("tool_failures", {"tool_failures": 30}, 40),
    ("tool_failures", {"tool_failures": 50}, 0), ("tool_failures", {"tool_failures": 900}, 0),
    ("tool_failures", {"tool_calls": 1, "tool_failures": 1}, 80), ("errors", {"api_errors": 1}, 80),
    ("errors", {"api_errors": 3}, 50), ("errors", {"api_errors": 10}, 0), ("errors", {"api_errors": 99}, 0),
    ("duration", {"active_seconds": 2 * 3600}, 100), ("duration", {"active_seconds": 4 * 3600}, 75),
    ("duration", {"active_seconds": 8 * 3600}, 40), ("duration", {"active_seconds": 16 * 3600}, 10),
    ("duration", {"active_seconds": 999 * 3600}, 10), ("activity", {"silent_seconds": 600}, 100),
    ("activity", {"silent_seconds": 3600}, 60), ("activity", {"silent_seconds": 4 * 3600}, 20),
    ("activity", {"silent_seconds": 86_400}, 0), ("activity", {"silent_seconds": -5}, 100),
    ("compactions", {"compactions": 1}, 80), ("compactions", {"compactions": 3}, 40),
    ("compactions", {"compactions": 6}, 0), ("loops", {"longest_repeat": 3}, 100),
    ("loops", {"longest_repeat": 5}, 60), ("loops", {"longest_repeat": 10}, 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "vitals", "score"), POINTS)
def test_a_factor_follows_its_points(name, vitals, score):
    assessed = assess(replace(WELL, **vitals))
    factors = {factor.name: factor for factor in assessed.factors}
    assert factors[name].score == score
    assert {factor.score for other, factor in factors.items() if other != name} == {100}
    assert assessed.health.score == round(100 - WEIGHTS[name] * (100 - score) / 100, 1)


def test_the_weights_are_a_hundred_and_each_has_a_rule():
    assert sum(WEIGHTS.values()) == 100
    assert WEIGHTS.keys() == RULES.keys()


def test_a_session_without_problems_says_so():
    health = assess(WELL).health
    assert (health.score, health.grade, health.top_reason) == (100, "good", "No problems seen")


def test_nothing_known_is_no_health():
    assert (assess(Vitals()).health, assess(Vitals()).factors) == (None, ())


@pytest.mark.parametrize(
    "unknown", [{"context_window": None}, {"context_window": 0}, {"context_used": None}, {"tool_calls": None}]
)
def test_what_is_half_known_is_left_out(unknown):
    names = {factor.name for factor in assess(replace(WELL, **unknown)).factors}
    assert names == WEIGHTS.keys() - ({"tool_failures"} if "tool_calls" in unknown else {"context"})


def test_unknown_factors_weigh_nothing():
    health = assess(Vitals(compactions=6, api_errors=0)).health
    assert health.score == round(15 * 100 / 25, 1)


def test_the_costliest_factor_comes_first_and_gives_the_reason():
    assessed = assess(replace(WELL, context_used=90_000, compactions=6, tool_failures=10))
    assert [factor.name for factor in assessed.factors][:3] == ["context", "compactions", "tool_failures"]
    assert assessed.health.top_reason == "Context 90 % full"


def test_a_team_weighs_as_it_likes():
    sick = replace(WELL, context_used=100_000)
    assert assess(sick, weights={"context": 0}).health.score == 100
    assert "context" not in {factor.name for factor in assess(sick, weights={"context": -1}).factors}
    assert assess(sick, weights={"context": 75}).health.score == 50
    assert assess(WELL, weights=dict.fromkeys(WEIGHTS, 0)).health is None


@pytest.mark.parametrize(
    ("score", "grade"),
    [(100, "good"), (70, "good"), (69.9, "warning"), (40, "warning"), (39.9, "critical"), (0, "critical")],
)
def test_grades_are_cut_by_thresholds(score, grade):
    assert grade_of(score, Thresholds()) == grade
    assert grade_of(score, Thresholds(warning=101, critical=101)) == "critical"


@pytest.mark.parametrize(
    ("vitals", "reason"),
    [
        ({"api_errors": 1}, "1 failed model call"),
        ({"api_errors": 4}, "4 failed model calls"),
        ({"compactions": 1}, "Context compacted 1 time"),
        ({"silent_seconds": 1800}, "Quiet for 30 min"),
        ({"silent_seconds": 7 * 3600}, "Quiet for 7 h"),
        ({"active_seconds": 9000}, "2.5 hours of work"),
        ({"longest_repeat": 6}, "Same call 6 times in a row"),
        ({"tool_failures": 25}, "25 % of tool calls failed"),
    ],
)
def test_reasons_are_words(vitals, reason):
    assert assess(replace(WELL, **vitals)).health.top_reason == reason


def test_half_a_percent_is_told_as_the_page_shows_it():
    assessed = assess(replace(WELL, context_used=61_000, context_window=200_000))
    assert next(one.explanation for one in assessed.factors if one.name == "context") == "Context 31 % full"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 minutes of work"),
        (60, "1 minute of work"),
        (100, "2 minutes of work"),
        (3600, "1.0 hours of work"),
    ],
)
def test_length_of_work_is_told_in_words(seconds, said):
    assessed = assess(replace(WELL, active_seconds=seconds))
    assert next(one.explanation for one in assessed.factors if one.name == "duration") == said


counts = st.none() | st.integers(0, 2**53)
vitals = st.builds(
    Vitals,
    context_used=counts,
    context_window=counts,
    active_seconds=counts,
    silent_seconds=st.none() | st.floats(-1e6, 1e9),
    api_errors=counts,
    compactions=counts,
    tool_calls=counts,
    tool_failures=counts,
    longest_repeat=counts,
)
WORSE = ("context_used", "active_seconds", "silent_seconds", "api_errors", "compactions", "tool_failures",
         "longest_repeat")  # fmt: skip


@given(vitals, st.sampled_from(WORSE), st.integers(0, 2**40))
def test_worse_vitals_never_raise_the_score(some, name, more):
    known = getattr(some, name)
    if known is None:
        return
    before, after = assess(some).health, assess(replace(some, **{name: known + more})).health
    assert (before is None) == (after is None)
    assert before is None or after.score <= before.score


@given(vitals)
def test_scores_and_factors_lie_between_0_and_100(some):
    assessed = assess(some)
    assert all(0 <= factor.score <= 100 for factor in assessed.factors)
    if assessed.health is not None:
        assert 0 <= assessed.health.score <= 100
        lost = [factor.weight * (100 - factor.score) for factor in assessed.factors]
        assert lost == sorted(lost, reverse=True)
