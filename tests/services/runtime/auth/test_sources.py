"""Where keys come from: fetched when needed, once for many, and kept while nobody answers."""

import asyncio

import httpx
import pytest

from services.runtime.auth.keys import open_key
from services.runtime.auth.sources import FixedKeys, HttpKeys
from services.runtime.errors import Problem
from tests.services.auth.world import ManualClock


class Publisher:
    """An auth service that publishes keys, until it is told to fail."""

    def __init__(self, *keys) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.failing = False
        self.body = None

    async def __call__(self, request) -> httpx.Response:
        assert request.url.path == "/api/auth/jwks.json"
        self.asked += 1
        await asyncio.sleep(0)
        if self.failing:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json=self.body or {"keys": [key.jwk() for key in self.keys]})


@pytest.fixture
def first(tmp_path):
    return open_key("access", None, tmp_path / "first")


@pytest.fixture
def second(tmp_path):
    return open_key("access", None, tmp_path / "second")


@pytest.fixture
def publisher(first):
    return Publisher(first)


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
async def source(publisher, clock):
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(publisher), base_url="http://auth.test"
    ) as client:
        yield HttpKeys(client, clock, keep_seconds=60, pause_seconds=2)


async def test_fixed_keys_know_their_own_only(first, second):
    source = FixedKeys([first.public])
    assert (await source.key(first.kid)).public_bytes_raw() == first.public.public_bytes_raw()
    assert await source.key(second.kid) is None


async def test_many_askers_share_one_fetch(source, publisher, first):
    found = await asyncio.gather(*(source.key(first.kid) for _ in range(50)))
    assert all(key is not None for key in found)
    assert publisher.asked == 1


async def test_a_new_key_is_found_when_it_is_first_used(source, publisher, clock, first, second):
    await source.key(first.kid)
    publisher.keys.append(second)
    clock.advance(3)
    assert await source.key(second.kid) is not None
    assert publisher.asked == 2


async def test_made_up_ids_do_not_make_it_fetch_again_and_again(source, publisher, clock, first):
    await source.key(first.kid)
    clock.advance(3)
    for number in range(100):
        assert await source.key(f"made-up-{number}") is None
    assert publisher.asked == 2


async def test_a_key_that_is_withdrawn_is_forgotten_within_a_minute(source, publisher, clock, first, second):
    await source.key(first.kid)
    publisher.keys = [second]
    clock.advance(60)
    assert await source.key(first.kid) is None


async def test_known_keys_outlive_the_auth_services_absence(source, publisher, clock, first):
    await source.key(first.kid)
    publisher.failing = True
    clock.advance(600)
    assert await source.key(first.kid) is not None
    assert publisher.asked == 2


async def test_without_any_key_the_answer_is_try_again(source, publisher, clock, first):
    publisher.failing = True
    with pytest.raises(Problem) as caught:
        await source.key(first.kid)
    assert caught.value.status == 503
    publisher.failing = False
    clock.advance(2)
    assert await source.key(first.kid) is not None


@pytest.mark.parametrize(
    "body", [{"keys": 7}, {"nothing": []}, [], {"keys": [{"purpose": "access", "x": "AA"}]}]
)
async def test_an_answer_that_is_no_key_set_changes_nothing(source, publisher, clock, first, body):
    await source.key(first.kid)
    publisher.body = body
    clock.advance(60)
    assert await source.key(first.kid) is not None


async def test_a_key_for_commands_checks_no_tokens(source, publisher, tmp_path, first):
    command = open_key("command", None, tmp_path / "command")
    publisher.keys.append(command)
    assert await source.key(first.kid) is not None
    assert await source.key(command.kid) is None


async def test_many_askers_of_a_new_key_all_find_it(source, publisher, clock, first, second):
    await source.key(first.kid)
    publisher.keys.append(second)
    clock.advance(3)
    found = await asyncio.gather(*(source.key(second.kid) for _ in range(50)))
    assert all(key is not None for key in found)
    assert publisher.asked == 2


async def test_nobody_with_a_known_key_waits_for_a_slow_fetch(first, clock):
    answered = asyncio.Event()
    publisher = Publisher(first)

    async def slow(request):
        if publisher.asked:
            await answered.wait()
        return await publisher(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(slow), base_url="http://auth.test") as client:
        source = HttpKeys(client, clock, keep_seconds=60, pause_seconds=2)
        await source.key(first.kid)
        clock.advance(60)
        fetching = asyncio.create_task(source.key(first.kid))
        await asyncio.sleep(0)
        assert await source.key(first.kid) is not None
        assert not fetching.done()
        answered.set()
        assert await fetching is not None
