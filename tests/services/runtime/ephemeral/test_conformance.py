"""What every store of small shared values promises."""

import asyncio

import pytest


async def test_a_value_is_kept_and_replaced(ephemeral):
    assert await ephemeral.get("key") is None
    await ephemeral.put("key", b"\x00\xff", 60)
    assert await ephemeral.get("key") == b"\x00\xff"
    await ephemeral.put("key", b"", 60)
    assert await ephemeral.get("key") == b""
    assert await ephemeral.get("other") is None


async def test_of_many_takers_one_gets_the_value(ephemeral):
    await ephemeral.put("ticket", b"socket", 60)
    taken = await asyncio.gather(*(ephemeral.take("ticket") for _ in range(20)))
    assert [value for value in taken if value is not None] == [b"socket"]
    assert await ephemeral.get("ticket") is None


async def test_a_counter_counts_every_increment(ephemeral):
    counts = await asyncio.gather(*(ephemeral.increment("logins", 60) for _ in range(20)))
    assert sorted(counted.count for counted in counts) == list(range(1, 21))
    assert (await ephemeral.increment("others", 60)).count == 1


async def test_values_expire(ephemeral, later):
    await ephemeral.put("short", b"1", 1)
    await ephemeral.put("long", b"1", 100)
    await ephemeral.put("taken", b"1", 1)
    await later(1.2)
    assert await ephemeral.get("short") is None
    assert await ephemeral.take("taken") is None
    assert await ephemeral.get("long") == b"1"


async def test_replacing_a_value_replaces_its_expiry(ephemeral, later):
    await ephemeral.put("key", b"1", 1)
    await ephemeral.put("key", b"2", 100)
    await later(1.2)
    assert await ephemeral.get("key") == b"2"


async def test_a_counter_expires_after_its_first_increment(ephemeral, later):
    first = await ephemeral.increment("rate", 1)
    assert (first.count, first.seconds_left) == (1, pytest.approx(1, abs=0.01))
    await later(0.7)
    second = await ephemeral.increment("rate", 1)
    assert second.count == 2
    assert 0 < second.seconds_left <= 0.31
    await later(0.5)
    assert (await ephemeral.increment("rate", 1)).count == 1
