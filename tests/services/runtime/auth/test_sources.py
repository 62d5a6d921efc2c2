"""Where keys come from: read when needed, once for many, and kept while nobody answers."""

import asyncio

import httpx
import pytest

from services.runtime.auth.keys import open_key
from services.runtime.auth.sources import KeptKeys, PublishedKeys
from services.runtime.errors import Problem
from services.runtime.settings import Settings
from tests.services.auth.world import ManualClock

SETTINGS = Settings()


class Publisher:
    """An auth service that publishes keys, until it is told to fail."""

    def __init__(self, *keys) -> None:
        self.keys = list(keys)
        self.asked = 0
        self.begun = asyncio.Event()
        self.failing = False
        self.body = None

    async def __call__(self, request) -> httpx.Response:
        assert request.url.path == "/api/auth/jwks.json"
        self.asked += 1
        published = {"keys": [key.jwk() for key in self.keys]}
        self.begun.set()
        await asyncio.sleep(0)
        if self.failing:
            raise httpx.ConnectError("away")
        return httpx.Response(200, json=self.body or published)


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


def kept(client, clock):
    keep = SETTINGS.jwks_cache_seconds
    return KeptKeys(PublishedKeys(client), clock, SETTINGS, keep_seconds=keep)


@pytest.fixture
async def source(publisher, clock):
    transport = httpx.MockTransport(publisher)
    async with httpx.AsyncClient(transport=transport, base_url="http://auth.test") as client:
        yield kept(client, clock)


async def refused(source, kid):
    with pytest.raises(Problem) as caught:
        await source.key(kid)
    assert caught.value.status == 503


async def test_many_askers_share_one_read(source, publisher, first):
    found = await asyncio.gather(*(source.key(first.kid) for _ in range(50)))
    assert all(key is not None for key in found)
    assert publisher.asked == 1


async def test_a_new_key_is_found_when_it_is_first_used(source, publisher, first, second):
    """Also in the moment after the keys were read."""
    await source.key(first.kid)
    publisher.keys.append(second)
    assert await source.key(second.kid) is not None
    assert publisher.asked == 2


async def test_a_new_key_is_found_by_all_who_ask_in_that_moment(source, publisher, first, second):
    await source.key(first.kid)
    publisher.keys.append(second)
    found = await asyncio.gather(*(source.key(second.kid) for _ in range(50)))
    assert all(key is not None for key in found)
    assert publisher.asked == 2


async def test_a_read_under_way_is_not_the_last_word_for_who_asks_later(source, publisher, first, second):
    await source.key(first.kid)
    before = asyncio.create_task(source.key("made-up"))
    publisher.begun.clear()
    await publisher.begun.wait()
    publisher.keys.append(second)
    assert await source.key(second.kid) is not None
    assert await before is None
    assert publisher.asked == 3


async def test_made_up_ids_do_not_make_it_read_again_and_again(source, publisher, clock, first):
    await source.key(first.kid)
    for number in range(100):
        assert await source.key(f"made-up-{number}") is None
    assert publisher.asked == SETTINGS.jwks_burst
    clock.advance(SETTINGS.jwks_pause_seconds)
    for number in range(100):
        assert await source.key(f"made-up-{number}") is None
    assert publisher.asked == SETTINGS.jwks_burst + 1


async def test_made_up_ids_delay_a_new_key_by_one_pause_at_most(source, publisher, clock, first, second):
    await source.key(first.kid)
    for number in range(100):
        await source.key(f"made-up-{number}")
    publisher.keys.append(second)
    clock.advance(SETTINGS.jwks_pause_seconds)
    assert await source.key(second.kid) is not None


async def test_a_key_that_was_published_before_it_signs_needs_no_read_of_its_own(
    source, publisher, clock, first, second
):
    await source.key(first.kid)
    publisher.keys.append(second)
    clock.advance(SETTINGS.jwks_cache_seconds)
    await source.key(first.kid)
    for number in range(100):
        await source.key(f"made-up-{number}")
    assert await source.key(second.kid) is not None


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


async def test_an_unknown_id_is_not_judged_while_nobody_answers(source, publisher, first, second):
    await source.key(first.kid)
    publisher.keys.append(second)
    publisher.failing = True
    await refused(source, second.kid)
    publisher.failing = False
    assert await source.key(second.kid) is not None


async def test_without_any_key_the_answer_is_try_again(source, publisher, clock, first):
    publisher.failing = True
    for _ in range(100):
        await refused(source, first.kid)
    assert publisher.asked == SETTINGS.jwks_burst
    publisher.failing = False
    clock.advance(SETTINGS.jwks_pause_seconds)
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


async def test_nobody_with_a_known_key_waits_for_a_slow_read(first, clock):
    answered = asyncio.Event()
    publisher = Publisher(first)

    async def slow(request):
        if publisher.asked:
            await answered.wait()
        return await publisher(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(slow), base_url="http://auth.test") as client:
        source = kept(client, clock)
        await source.key(first.kid)
        clock.advance(60)
        reading = asyncio.create_task(source.key(first.kid))
        await asyncio.sleep(0)
        assert await source.key(first.kid) is not None
        assert not reading.done()
        answered.set()
        assert await reading is not None
