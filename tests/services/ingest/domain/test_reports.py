"""Every way in which a message can be wrong, and that no word of it is repeated."""

import json

import orjson
import pytest

from llm_session_manager.protocol import MAX_INTEGER, Heartbeat, Report
from services.ingest.domain.reports import Limits, Received, check
from services.runtime.bus import Message, Rejection
from tests.support.builders import (
    AGENT,
    ANNA,
    EPOCH,
    START,
    TEAM,
    after,
    encoded,
    heartbeat,
    make_report,
    make_usage,
    message,
)

LIMITS = Limits(report_bytes=20_000, epoch_ahead_seconds=86_400, future_bucket_seconds=600)
GOOD = encoded(make_report())


def checked(body=GOOD, key=None):
    made = message(body)
    return check(3, Message(key or made.routing_key, made.body), LIMITS, START)


def changed(**session):
    plain = orjson.loads(GOOD)
    plain["session"] |= session
    return orjson.dumps(plain)


def raw(field, value):
    """The good report with this text as a field's JSON."""
    return GOOD.replace(b'"n":1', b'"n":1,"%s":%s' % (field, value)) if field else GOOD


def swapped(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def test_a_good_report_is_received():
    received = checked()
    assert isinstance(received, Received)
    assert (received.index, received.content) == (3, make_report())
    assert (received.sender.team_id, received.sender.user_id, received.sender.agent_id) == (TEAM, ANNA, AGENT)
    assert received.usage == make_report().session.usage


def test_a_heartbeat_is_received():
    received = checked(encoded(heartbeat()))
    assert isinstance(received, Received)
    assert isinstance(received.content, Heartbeat)


def test_a_kind_may_be_left_out_of_a_report():
    received = checked(swapped(b'"kind":"report",', b""))
    assert isinstance(received, Received)
    assert isinstance(received.content, Report)


def test_size_comes_first():
    large = b"{" * (LIMITS.report_bytes + 1)
    assert checked(large, "nobody") == Rejection("too_large", "A report has at most 20000 bytes.")
    assert checked(b"{" * LIMITS.report_bytes, "nobody").code == "bad_routing_key"


def test_the_body_proves_no_identity():
    assert checked(swapped(b'"n":1', b'"n":1,"user_id":"x"')).code == "invalid"
    assert checked(GOOD, "report.x").code == "bad_routing_key"


def test_an_epoch_a_day_ahead_is_refused():
    latest = int(START.timestamp()) + LIMITS.epoch_ahead_seconds
    assert isinstance(checked(encoded(make_report(epoch=latest))), Received)
    assert checked(encoded(make_report(epoch=latest + 1))).code == "epoch_in_future"
    assert checked(encoded(make_report(epoch=MAX_INTEGER))).code == "epoch_in_future"


def test_buckets_out_of_range_are_left_out_one_by_one():
    times = [after(days=-365 * 7), START, after(seconds=600), after(seconds=601), after(days=400)]
    received = checked(encoded(make_report(usage=tuple(make_usage(at=at) for at in times))))
    assert isinstance(received, Received)
    assert [use.at for use in received.usage] == [START, after(seconds=600)]


BAD = {
    "empty": b"",
    "blank": b" ",
    "not JSON": b"{",
    "not UTF-8": swapped(b"Fix the cart", b"\xff\xfe"),
    "overlong UTF-8": swapped(b"Fix the cart", b"\xc0\x80"),
    "a list": b"[]",
    "a text": b'"report"',
    "null": b"null",
    "two documents": GOOD + GOOD,
    "NaN": swapped(b'"n":1', b'"n":NaN'),
    "Infinity": swapped(b'"n":1', b'"n":Infinity'),
    "NaN health": changed(health_score=1.0).replace(b'"health_score":1.0', b'"health_score":NaN'),
    "infinite health": changed(health_score=1.0).replace(b'"health_score":1.0', b'"health_score":1e999'),
    "huge number": swapped(b'"n":1', b'"n":' + b"9" * 400),
    "huge number of digits": swapped(b'"n":1', b'"n":' + b"9" * 5000),
    "above 2**53": swapped(b'"n":1', b'"n":9007199254740992'),
    "negative": swapped(b'"n":1', b'"n":-1'),
    "a fraction": swapped(b'"n":1', b'"n":1.5'),
    "a whole float": swapped(b'"n":1', b'"n":1.0'),
    "a number as text": swapped(b'"n":1', b'"n":"1"'),
    "a truth as number": swapped(b'"n":1', b'"n":true'),
    "lone surrogate": swapped(b"Fix the cart", b"\\ud800"),
    "lone low surrogate": swapped(b"Fix the cart", b"\\udc00"),
    "NUL": swapped(b"Fix the cart", b"\\u0000"),
    "escape": swapped(b"Fix the cart", b"\\u001b[31m"),
    "delete": swapped(b"Fix the cart", b"\\u007f"),
    "line separator": swapped(b"Fix the cart", b"\\u2028"),
    "raw control": swapped(b"Fix the cart", b"a\x01b"),
    "deep": swapped(b'"n":1', b'"n":' + b"[" * 5000 + b"]" * 5000),
    "deep and open": b"[" * 15_000,
    "unknown field": swapped(b'"n":1', b'"n":1,"secret-field":1'),
    "forbidden field": changed(team_id="x"),
    "wrong version": swapped(b'"v":1', b'"v":2'),
    "wrong kind": swapped(b'"kind":"report"', b'"kind":"command"'),
    "wrong tool": changed(tool="word"),
    "wrong status": changed(status="sleeping"),
    "no session": b'{"v":1,"kind":"report","epoch":1,"n":1,"sent_at":"2026-03-01T12:00:00Z","tier":"counts"}',
    "empty name": changed(project=""),
    "long name": changed(project="x" * 201),
    "long id": changed(native_id="x" * 129),
    "long list": changed(pull_requests=[{}] * 51),
    "many categories": changed(error_categories={str(n): 1 for n in range(51)}),
    "time without a zone": swapped(b'"sent_at":"2026-03-01T12:00:00Z"', b'"sent_at":"2026-03-01T12:00:00"'),
    "time as number": swapped(b'"sent_at":"2026-03-01T12:00:00Z"', b'"sent_at":1767225600'),
    "no such day": swapped(b'"sent_at":"2026-03-01T12:00:00Z"', b'"sent_at":"2026-02-30T12:00:00Z"'),
    "time before all": swapped(b'"sent_at":"2026-03-01T12:00:00Z"', b'"sent_at":"0001-01-01T00:00:00+14:00"'),
    "time after all": swapped(b'"sent_at":"2026-03-01T12:00:00Z"', b'"sent_at":"9999-12-31T23:59:59-14:00"'),
    "too many tokens": changed(context_used=10**15 + 1),
    "score above 100": changed(health_score=100.1),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_a_bad_body_is_invalid(body):
    rejection = checked(body)
    assert isinstance(rejection, Rejection), rejection
    assert rejection.code == "invalid"
    assert 0 < len(rejection.detail) <= 500
    assert rejection.detail.isprintable()


def test_a_reason_names_fields_and_never_what_they_held():
    bad = changed(tool="top-secret", error_categories={"top secret\u202e": -1}, directory=7)
    bad = bad.replace(b'"n":1', b'"n":1,"Top-Secret":1')
    rejection = checked(bad)
    assert rejection.detail == (
        "session.tool: literal_error; session.directory: string_type; "
        "session.error_categories.*: greater_than_equal; *: extra_forbidden"
    )


def test_characters_that_are_none_of_our_business_are_taken():
    title = "Ø 漢字 🎉 \u202e\ttab\nline"
    received = checked(changed(title=title))
    assert isinstance(received, Received)
    assert received.content.session.title == title


def test_the_last_of_a_field_named_twice_counts_for_all():
    """One document is read once, so that nobody can be shown another."""
    received = checked(swapped(b'"n":1', b'"n":2,"n":1'))
    assert isinstance(received, Received)
    assert received.content.n == json.loads('{"n":2,"n":1}')["n"] == 1
    assert received.content.epoch == EPOCH
