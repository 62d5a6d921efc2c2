"""Which rates a request falls under, whose they are, and when they begin anew."""

from uuid import uuid4

import pytest

from services.runtime.auth import Caller
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.errors import Problem
from services.runtime.metrics import Metrics
from services.runtime.rates import Rates, address_of, rates_of
from services.runtime.settings import Settings
from tests.support.compositions import MovableClock


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        ("GET /api/sessions", ["requests"]),
        ("HEAD /api/sessions", ["requests"]),
        ("GET /api/sessions?q=x", ["searches", "requests"]),
        ("GET /api/sessions?limit=5&%71=x", ["searches", "requests"]),
        ("GET /api/sessions?q=", ["requests"]),
        ("GET /api/sessions?faq=1", ["requests"]),
        ("GET /api/sessions/1/export?format=md", ["exports", "requests"]),
        ("POST /api/auth/me/export", ["exports", "writes", "requests"]),
        ("POST /api/teams", ["writes", "requests"]),
        ("DELETE /api/teams/1", ["writes", "requests"]),
        ("POST /api/sessions/sync", ["syncs"]),
        ("POST /api/sessions/sync/", ["writes", "requests"]),
    ],
)
def test_what_a_request_counts_as(deed, expected):
    method, _, url = deed.partition(" ")
    path, _, query = url.partition("?")
    assert list(rates_of(method, path, query.encode())) == expected


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.1", "10.0.0.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("testclient", "testclient", True),
    ],
)
def test_an_ipv6_network_is_one_address(one, other, same):
    assert (address_of(one) == address_of(other)) is same


@pytest.fixture
def clock():
    return MovableClock()


@pytest.fixture
def metrics():
    return Metrics()


@pytest.fixture
def rates(clock, metrics):
    return Rates(MemoryEphemeral(clock), Settings(), metrics)


def somebody():
    return Caller(uuid4(), uuid4(), "member", uuid4().hex)


async def wait(call):
    """How long whoever asked has to wait; 0 when they may go on."""
    try:
        await call
    except Problem as problem:
        return problem.retry_after if problem.code == "too_many" else problem
    return 0


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("GET", "/api/sessions", 600),
        ("PUT", "/api/sessions/1", 120),
        ("GET", "/api/sessions/1/export", 6),
        ("POST", "/api/sessions/sync", 60),
    ],
)
async def test_the_rates_as_stated(rates, clock, method, path, most):
    anna, ben = somebody(), somebody()
    waits = [await wait(rates.caller(anna, method, path, b"")) for _ in range(most + 1)]
    assert waits == [0] * most + [60]
    clock.advance(seconds=18.5)
    assert await wait(rates.caller(anna, method, path, b"")) == 42
    assert await wait(rates.caller(ben, method, path, b"")) == 0
    clock.advance(seconds=42)
    assert await wait(rates.caller(anna, method, path, b"")) == 0


async def test_searching_is_bounded_and_reading_goes_on(rates):
    anna = somebody()
    waits = [await wait(rates.caller(anna, "GET", "/api/sessions", b"q=x")) for _ in range(61)]
    assert waits == [0] * 60 + [60]
    assert await wait(rates.caller(anna, "GET", "/api/sessions", b"")) == 0


async def test_agents_that_report_leave_their_person_alone(rates):
    anna = somebody()
    laptop, desktop = (Caller(anna.user_id, anna.team_id, "member", sid, via="token") for sid in "ab")
    waits = [await wait(rates.caller(laptop, "POST", "/api/sessions/sync", b"")) for _ in range(700)]
    assert waits.count(0) == 60
    assert await wait(rates.caller(desktop, "POST", "/api/sessions/sync", b"")) == 0
    assert await wait(rates.caller(anna, "POST", "/api/teams", b"")) == 0


async def test_one_persons_tokens_share_their_rate(rates):
    anna = somebody()
    script = Caller(anna.user_id, anna.team_id, "member", "script", via="token")
    for _ in range(3):
        assert await wait(rates.caller(anna, "GET", "/api/a/export", b"")) == 0
        assert await wait(rates.caller(script, "GET", "/api/b/export", b"")) == 0
    assert await wait(rates.caller(script, "GET", "/api/b/export", b"")) == 60


async def test_an_address_has_sixty_requests_without_a_proof(rates, metrics):
    assert [await wait(rates.anonymous("10.0.0.1")) for _ in range(61)] == [0] * 60 + [60]
    assert await wait(rates.anonymous("10.0.0.2")) == 0
    refused = metrics.registry.get_sample_value("td_requests_limited_total", {"rate": "anonymous"})
    assert refused == 1
