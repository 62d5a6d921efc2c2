"""Failed sign-ins slow an account down, never lock it; addresses have bounds; Redis may be away."""

import asyncio

import pytest
from starlette.requests import Request

from services.auth.attempts import Attempts
from services.runtime.ephemeral.fallback import FallbackEphemeral
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.errors import Problem
from services.runtime.metrics import Metrics
from services.runtime.rates import Rates
from services.runtime.settings import Settings
from tests.services.auth.world import PASSWORD, ManualClock, open_world

LOGIN = "/api/auth/login"


class Lost:
    """A shared store that can be away; counts how often it was asked."""

    def __init__(self, clock) -> None:
        self.own = MemoryEphemeral(clock)
        self.away = False
        self.asked = 0

    def __getattr__(self, name):
        async def ask(*arguments):
            self.asked += 1
            if self.away:
                raise ConnectionError(name)
            return await getattr(self.own, name)(*arguments)

        return ask


def made(counters):
    return Attempts(counters, Rates(counters, Settings(), Metrics()), Settings())


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def attempts(clock):
    return made(MemoryEphemeral(clock))


async def refused(attempts, email="anna@example.com"):
    """How long to wait, 0 when the attempt may be made."""
    try:
        await attempts.begin(email)
    except Problem as problem:
        return problem.retry_after
    return 0


async def test_five_failures_are_free_then_the_delay_doubles_to_a_minute(attempts, clock):
    assert [await refused(attempts) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    delays = []
    for _ in range(8):
        delay = await refused(attempts)
        delays.append(delay)
        clock.advance(delay)
        assert await refused(attempts) == 0
    assert delays == [1, 2, 4, 8, 16, 32, 60, 60]


async def test_asking_too_early_makes_nothing_longer(attempts, clock):
    for _ in range(5):
        await attempts.begin("anna@example.com")
    assert {await refused(attempts) for _ in range(20)} == {1}
    clock.advance(1)
    assert await refused(attempts) == 0


async def test_a_success_forgets_failures(attempts):
    for _ in range(5):
        await attempts.begin("anna@example.com")
    await attempts.succeed("ANNA@example.com")
    assert [await refused(attempts) for _ in range(5)] == [0] * 5


async def test_other_accounts_are_not_concerned(attempts):
    for _ in range(5):
        await attempts.begin("anna@example.com")
    assert await refused(attempts) == 1
    assert await refused(attempts, "ben@example.com") == 0


async def test_of_many_at_once_only_the_free_ones_go_on(attempts):
    delays = await asyncio.gather(*(refused(attempts) for _ in range(50)))
    assert delays.count(0) == 5


async def test_without_the_shared_store_the_count_goes_on_here(clock):
    shared = Lost(clock)
    attempts = made(FallbackEphemeral(shared, clock, 1.0))
    shared.away = True
    assert [await refused(attempts) for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert shared.asked == 1
    shared.away = False
    clock.advance(5)
    assert await refused(attempts) == 0
    assert shared.asked > 1


async def signing_in(attempts, host):
    """How long somebody at this address has to wait before they may sign in."""
    try:
        await attempts.sign_in(Request({"type": "http", "client": (host, 1), "headers": []}))
    except Problem as problem:
        return problem.retry_after
    return 0


async def test_all_together_have_fifty_sign_ins_a_second(attempts, clock):
    hosts = [f"10.0.{n}.1" for n in range(53)]
    assert [await signing_in(attempts, host) for host in hosts] == [0] * 50 + [1] * 3
    clock.advance(1)
    assert await signing_in(attempts, hosts[-1]) == 0


async def test_an_address_beyond_its_own_bound_takes_nothing_from_all(attempts, clock):
    assert [await signing_in(attempts, "10.0.0.1") for _ in range(60)] == [0] * 20 + [60] * 40
    assert [await signing_in(attempts, f"10.0.1.{n}") for n in range(30)] == [0] * 30
    clock.advance(60)
    assert await signing_in(attempts, "10.0.0.1") == 0


async def test_an_address_has_twenty_sign_ins_a_minute(database_url, tmp_path):
    async with open_world(database_url, tmp_path, sign_ins_per_minute=20) as world:

        async def ask(n):
            body = {"email": f"nobody-{n}@example.com", "password": "x"}
            return await world.browser().post(LOGIN, json=body)

        answers = [await ask(n) for n in range(21)]
        assert [answer.status_code for answer in answers] == [401] * 20 + [429]
        assert answers[20].headers["retry-after"] == "60"
        world.clock.advance(60)
        assert (await ask(22)).status_code == 401


async def test_registering_and_asking_about_secrets_is_bounded(database_url, tmp_path):
    async with open_world(database_url, tmp_path, anonymous_per_minute=2) as world:
        for path, body in (
            ("/api/auth/invites/preview", {"invite": "x"}),
            ("/api/auth/enrol", {"code": "x", "hostname": "h"}),
        ):
            assert (await world.browser().post(path, json=body)).status_code == 404
        body = {"email": "anna@example.com", "username": "anna", "password": PASSWORD}
        answer = await world.browser().post("/api/auth/register", json=body)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


async def test_known_and_unknown_accounts_are_slowed_alike(world):
    await world.register("anna")
    told = []
    for name in ("anna", "nobody"):
        body = {"email": f"{name}@example.com", "password": "not the password"}
        answers = [await world.browser().post(LOGIN, json=body) for _ in range(7)]
        bodies = [answer.json() | {"correlation_id": ""} for answer in answers]
        told.append(
            [
                (answer.status_code, answer.headers.get("retry-after"), body)
                for answer, body in zip(answers, bodies, strict=True)
            ]
        )
    assert told[0] == told[1]
    assert [status for status, *_ in told[0]] == [401] * 5 + [429] * 2


async def test_the_right_password_waits_its_turn_and_then_counts(world):
    await world.register("anna")
    wrong = {"email": "anna@example.com", "password": "not the password"}
    for _ in range(5):
        await world.browser().post(LOGIN, json=wrong)
    right = wrong | {"password": PASSWORD}
    assert (await world.browser().post(LOGIN, json=right)).status_code == 429
    world.clock.advance(1)
    assert (await world.browser().post(LOGIN, json=right)).status_code == 200
    assert (await world.browser().post(LOGIN, json=wrong)).status_code == 401
