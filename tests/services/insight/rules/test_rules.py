"""Each rule finds what is planted in at least 95 of 100 histories, and elsewhere something in at most 2."""

from functools import cache, partial
from random import Random

import pytest

from services.insight.domain.history import grouped
from services.insight.rules import (
    all_findings,
    bad_endings,
    best_hours,
    borrowed_habits,
    compaction_storms,
    dear_models,
    full_context,
    idle_cache,
    loops,
    tool_failures,
)
from tests.services.insight.rules import histories as make

HERE = make.PLACES[0]
PLANTED = [
    (tool_failures, partial(make.planted, change=make.failing_tool), (HERE, "Bash")),
    (full_context, partial(make.planted, change=make.exhausted), (HERE,)),
    (compaction_storms, partial(make.planted, change=make.stormy), (HERE,)),
    (loops, partial(make.planted, change=make.stuck), (HERE,)),
    (idle_cache, partial(make.planted, change=make.uncached), (HERE, "codex")),
    (
        dear_models,
        partial(make.planted, change=make.as_good_and_cheaper, sessions=600),
        (HERE, "medium", *make.MODELS),
    ),
    (bad_endings, partial(make.planted, change=make.bad_when_long), (HERE,)),
    (best_hours, partial(make.everywhere, change=make.good_in_the_morning), ("6",)),
    (
        borrowed_habits,
        partial(make.everywhere, change=make.instructed_elsewhere),
        ("an instruction file of the project", make.PLACES[-1]),
    ),
]
# Everyday work, and work that only looks like what the rule is after.
SILENT = [
    *((rule, make.everyday) for rule, *_ in PLANTED),
    (dear_models, partial(make.planted, change=make.dearer_and_better, sessions=600)),
    (borrowed_habits, partial(make.everywhere, change=make.instructed_for_nothing)),
]


def name_of(value):
    return getattr(value, "NAME", "")


@cache
def hundred(plant):
    return list(make.many(plant))


@pytest.mark.parametrize(("rule", "plant", "subject"), PLANTED, ids=name_of)
def test_what_is_planted_is_found(rule, plant, subject):
    found = [any(tuple(one.subject) == subject for one in rule.find(past)) for past in hundred(plant)]
    assert sum(found) >= 95


@pytest.mark.parametrize(("rule", "plant"), SILENT, ids=name_of)
def test_where_nothing_is_planted_nothing_is_found(rule, plant):
    found = [bool(rule.find(past)) for past in hundred(plant)]
    assert sum(found) <= 2


@pytest.mark.parametrize(("rule", "plant", "subject"), PLANTED, ids=name_of)
def test_too_little_says_nothing(rule, plant, subject):
    """However clear it looks."""
    for past in hundred(plant)[:20]:
        places = grouped(past, lambda one: one.place).values()
        assert rule.find([one for some in places for one in some[:4]]) == []


@pytest.mark.parametrize(("rule", "plant", "subject"), PLANTED, ids=name_of)
def test_findings_state_what_they_rest_on(rule, plant, subject):
    past = next(one for one in hundred(plant) if rule.find(one))
    ids = {one.id for one in past}
    for finding in rule.find(past):
        assert finding.rule == rule.NAME
        assert 1 <= len(finding.sessions) <= 5
        assert ids.issuperset(finding.sessions)
        assert finding.statistic
        assert finding.explanation
        assert len(finding.headline) <= 200
        assert not any(letter.isdigit() for letter in finding.advice)
        assert rule.find(sorted(past, key=lambda one: one.id.int)) == rule.find(past)


def test_the_numbers_of_a_failing_tool_recompute():
    past = make.planted(Random(1), make.failing_tool)
    (finding,) = tool_failures.find(past)
    works = [one.tools["Bash"] for one in past if one.repository == HERE]
    failing = [work for work in works if work.errors >= 0.2 * work.calls]
    assert finding.numbers == {
        "sessions": len(works),
        "failing sessions": len(failing),
        "share": len(failing) / len(works),
        "at least": finding.numbers["at least"],
        "calls": sum(work.calls for work in works),
        "failed calls": sum(work.errors for work in works),
    }
    assert 0.3 <= finding.numbers["at least"] < finding.numbers["share"]


def test_the_strongest_come_first_and_each_once():
    found = all_findings(make.everywhere(Random(1), make.stormy))
    assert found
    assert [one.strength for one in found] == sorted((one.strength for one in found), reverse=True)
    assert len({one.fingerprint for one in found}) == len(found)
