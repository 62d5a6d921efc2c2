"""Password hashing: the stated parameters, few at a time, and the same work for nobody."""

import asyncio
import threading

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.auth.hashing import Hashing
from services.runtime.errors import Problem
from services.runtime.settings import Settings


@pytest.fixture
async def hashing():
    made = Hashing(Settings(hash_memory_kib=64, hash_passes=1, hashes_at_once=2, hashes_waiting=3))
    await made.start()
    yield made
    await made.stop()


async def test_the_defaults_are_those_promised():
    made = Hashing(Settings())
    assert (await made.hash("password")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    await made.stop()


async def test_right_and_wrong(hashing):
    stored = await hashing.hash("right")
    assert await hashing.verify("right", stored) == (True, None)
    assert (await hashing.verify("wrong", stored))[0] is False
    assert await hashing.hash("right") != stored


async def test_nobodys_password_is_never_right_but_is_worked_on(hashing, monkeypatch):
    worked = []
    real = PasswordHash.verify_and_update

    def counted(self, password, stored):
        worked.append(stored)
        return real(self, password, stored)

    monkeypatch.setattr(PasswordHash, "verify_and_update", counted)
    assert await hashing.verify("nobody's password", None) == (False, None)
    assert worked[0].startswith("$argon2id$v=19$m=64,t=1,p=1$")


async def test_outdated_parameters_are_renewed(hashing):
    old = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=32, parallelism=1),)).hash("right")
    fits, renewed = await hashing.verify("right", old)
    assert fits
    assert "m=64,t=1,p=1" in renewed


async def test_beyond_the_queue_the_answer_is_try_again(hashing, monkeypatch):
    gate = threading.Event()
    running = []

    def held(_self, _password):
        running.append(threading.current_thread().name)
        gate.wait(20)
        return "hash"

    monkeypatch.setattr(PasswordHash, "hash", held)
    tasks = [asyncio.create_task(hashing.hash("x")) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Problem) as caught:
        await hashing.hash("x")
    assert (caught.value.status, caught.value.retry_after) == (429, 1)
    # A caller who goes away leaves the thread busy, and so its place taken.
    tasks[0].cancel()
    await asyncio.sleep(0)
    with pytest.raises(Problem):
        await hashing.hash("x")
    assert len(set(running)) <= 2
    gate.set()
    assert await asyncio.gather(*tasks[1:]) == ["hash"] * 4
    assert await hashing.hash("x") == "hash"
