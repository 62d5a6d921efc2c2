"""The plain form of a report."""

import pytest
from pydantic import ValidationError

from services.ingest.domain.scripts import ScriptReport, report_of
from tests.support.builders import START, after


def plain(**metrics):
    return {"session_id": "build-7", "metrics": {"token_count": 12} | metrics, "hostname": "ci-1"}


def test_it_becomes_a_report_in_the_order_of_receipt():
    first, second = (
        report_of(ScriptReport.model_validate(plain()), at) for at in (START, after(microseconds=1))
    )
    assert (first.epoch, first.n) < (second.epoch, second.n)
    facts = first.session
    assert (facts.tool, facts.native_id, facts.hostname, facts.status) == (
        "other",
        "build-7",
        "ci-1",
        "active",
    )
    assert (facts.total_tokens, facts.provenance, facts.last_activity_at) == (12, "reported", START)
    assert {facts.tool_calls, facts.errors, facts.started_at, facts.user_messages} == {None}


def test_all_it_may_say_is_taken():
    said = plain(health_score=75, status="ended", model="gpt-5", title="Build")
    facts = report_of(ScriptReport.model_validate(said), START).session
    assert (facts.health_score, facts.model, facts.title) == (75.0, "gpt-5", "Build")
    assert (facts.status, facts.ended_at) == ("ended", START)


@pytest.mark.parametrize(
    "change",
    [
        {"token_count": -1}, {"token_count": "12"}, {"token_count": 10**16}, {"health_score": 101},
        {"health_score": float("nan")}, {"status": "sleeping"}, {"title": "a\0b"}, {"model": ""},
        {"role": "admin"},
    ],
)  # fmt: skip
def test_nothing_else_is(change):
    with pytest.raises(ValidationError):
        ScriptReport.model_validate(plain(**change))
