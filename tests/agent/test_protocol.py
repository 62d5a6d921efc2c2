"""What leaves the machine, byte for byte.

Agents of every age report to one server, and services are replaced one after the other. So what is said
stays as it is: later work may only add optional fields. Where a test here fails because a field was added,
its line in tests/golden is made anew; where bytes of before do not parse any more, the change is a mistake.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from llm_session_manager import protocol
from llm_session_manager.protocol import Heartbeat, Instant, Name, Report, ReportBatch, Welcome, bucket_start
from services.contracts.sessions import SessionStates
from tests.support.builders import START, after
from tests.support.canonical import REPORT, STATES

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
KEPT = [("report.json", Report, REPORT), ("session_state.json", SessionStates, STATES)]
BEFORE = [("report.1.json", Report), ("session_state.1.json", SessionStates)]


@pytest.mark.parametrize(("name", "model", "content"), KEPT, ids=[name for name, *_ in KEPT])
def test_what_is_said_is_said_in_the_same_bytes(name, model, content):
    assert content.model_dump_json().encode() + b"\n" == (GOLDEN / name).read_bytes()
    assert model.model_validate_json((GOLDEN / name).read_bytes()) == content


@pytest.mark.parametrize(("name", "model"), BEFORE, ids=[name for name, _ in BEFORE])
def test_what_was_said_by_the_first_version_is_understood(name, model):
    """These files never change. A field they lack must be optional."""
    said = (GOLDEN / name).read_bytes()
    understood = json.loads(model.model_validate_json(said).model_dump_json())
    assert contains(understood, json.loads(said))


def contains(whole, part):
    """Whether all that `part` says is in `whole` unchanged."""
    if isinstance(part, dict):
        return all(key in whole and contains(whole[key], value) for key, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


@pytest.mark.parametrize(("name", "model", "content"), KEPT, ids=[name for name, *_ in KEPT])
def test_the_canonical_messages_hold_every_field(name, model, content):
    """So that a field that is added, renamed or dropped changes the golden bytes."""

    def unset(one, path):
        if isinstance(one, protocol.Fact):
            missing = [f"{path}.{field}" for field in type(one).model_fields if empty(getattr(one, field))]
            return missing + [
                each for field in type(one).model_fields for each in unset(getattr(one, field), path)
            ]
        if isinstance(one, tuple):
            return [each for item in one for each in unset(item, path)]
        return []

    def empty(value):
        return value is None or value in ((), {})

    assert unset(content if model is Report else content.states[0].usage, name) == []


def test_a_batch_is_its_reports_and_no_more():
    batch = ReportBatch(agent_id="a", sent_at=START, reports=(REPORT,))
    body = json.loads(batch.model_dump_json())
    assert body.pop("reports") == [json.loads(REPORT.model_dump_json())]
    assert body == {"v": 1, "agent_id": "a", "sent_at": "2026-03-01T12:00:00Z", "begins": None}


def test_a_heartbeat_says_only_that_it_lives():
    assert (
        Heartbeat(sent_at=START).model_dump_json()
        == '{"v":1,"kind":"heartbeat","sent_at":"2026-03-01T12:00:00Z"}'
    )


def test_an_agent_ignores_what_a_newer_server_adds():
    known = {
        "agent_id": "a",
        "team_id": "t",
        "user_id": "u",
        "routing_key": "r",
        "command_queue": "c",
        "command_key": "k",
    }
    assert Welcome.model_validate(known | {"new": 1}) == Welcome.model_validate(known)


def test_a_server_refuses_what_it_does_not_know():
    with pytest.raises(ValidationError):
        Report.model_validate_json(REPORT.model_dump_json().replace('"v":1', '"v":1,"prompt":"x"', 1))


def instants(first, last):
    days = datetime(last, 1, 1, tzinfo=UTC) - datetime(first, 1, 1, tzinfo=UTC)
    return st.timedeltas(timedelta(0), days).map(lambda span: datetime(first, 1, 1, tzinfo=UTC) + span)


@given(instants(1, 9998))
def test_times_keep_their_microseconds(at):
    adapter = TypeAdapter(Instant)
    assert adapter.validate_json(adapter.dump_json(at)) == at


@given(instants(1970, 2100))
def test_a_bucket_holds_what_is_in_it(at):
    start = bucket_start(at)
    assert start <= at < start + timedelta(minutes=15)
    assert (start.minute % 15, start.second, start.microsecond) == (0, 0, 0)


def test_a_bucket_is_of_utc():
    assert bucket_start(after(minutes=29, seconds=59)) == after(minutes=15)
    assert bucket_start(after(minutes=30).astimezone()) == after(minutes=30)


@pytest.mark.parametrize("text", ["a\x00", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ud800", "", "x" * 201])
def test_a_name_harms_no_terminal_and_no_database(text):
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(text)


@pytest.mark.parametrize("text", ["x", "Ø 漢字 🎉", "tab\there", "two\nlines", "x" * 200])
def test_a_name_may_be_in_any_language(text):
    assert TypeAdapter(Name).validate_python(text) == text
