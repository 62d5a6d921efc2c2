"""The signing key changes under fifty requests a second: nobody notices, and what is revoked is dead."""

import asyncio
import subprocess
import sys
from collections import Counter
from typing import cast as of_type

import httpx
import jwt
import pytest

from tests.access.cast import Cast
from tests.e2e.people import PASSWORD, Person
from tests.support.servers.services import ServiceProcess
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

PATHS = ("/api/auth/me", "/api/sessions", "/api/teams", "/api/agents")
PER_SECOND = 50
# How many requests must have been made with tokens of the old key and of the new one.
ENOUGH = 150


def key(shape: Shape, *arguments: str) -> str:
    """What an operator does beside the running server."""
    auth = of_type(ServiceProcess, shape.part("auth"))
    command = [sys.executable, "-m", "services", "key", *arguments]
    done = subprocess.run(command, env=auth.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


class Visitors:
    """Somebody who signs in again and again, and asks with each token as soon as it is made."""

    def __init__(self, client: httpx.AsyncClient, person: Person) -> None:
        self._client = client
        self._login = {"email": person.email, "password": PASSWORD}
        self._number = 0
        self.tokens: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.made_with: Counter[str] = Counter()

    async def sign_in(self) -> str:
        answer = await self._client.post("/api/auth/login", json=self._login)
        assert answer.status_code == 200, answer.text
        self.tokens.append(answer.json()["access_token"])
        return self.tokens[-1]

    async def ask(self, token: str) -> None:
        self._number += 1
        path = PATHS[self._number % len(PATHS)]
        answer = await self._client.get(path, headers={"Authorization": f"Bearer {token}"})
        self.statuses[answer.status_code] += 1
        self.made_with[kid_of(token)] += 1

    async def come(self) -> None:
        """Fifty requests a second, by turns with the first token and the newest."""
        async with asyncio.TaskGroup() as asking:
            while not self._have_seen_both():
                for token in (self.tokens[0], self.tokens[-1]) * (PER_SECOND // 4):
                    asking.create_task(self.ask(token))
                    await asyncio.sleep(1 / PER_SECOND)
                newest = await self.sign_in()
                await asyncio.gather(*(self.ask(newest) for _ in PATHS))

    def _have_seen_both(self) -> bool:
        return len(self.made_with) > 1 and min(self.made_with.values()) >= ENOUGH


@pytest.fixture
def person(cast: Cast) -> Person:
    return cast.joining()


async def test_nobody_notices_that_the_key_changes(cast: Cast, person: Person) -> None:
    async with httpx.AsyncClient(base_url=cast.shape.url, timeout=60, trust_env=False) as client:
        visitors = Visitors(client, person)
        await visitors.sign_in()
        async with asyncio.timeout(180):
            coming = asyncio.create_task(visitors.come())
            said = await asyncio.to_thread(key, cast.shape, "rotate")
            await coming
    assert "is published now and signs from" in said
    assert set(visitors.statuses) == {200}
    assert len(visitors.made_with) == 2


def newest_key(cast: Cast, person: Person) -> str:
    """A token of a key that nobody else's tokens were made with; revoked are only such keys here."""
    before = kid_of(cast.another_token(person))
    key(cast.shape, "rotate")

    def changed() -> str | None:
        token = cast.another_token(person)
        return token if kid_of(token) != before else None

    return until(changed, seconds=60)


def refreshed(person: Person) -> str:
    """The next token of an open page, which fetches it by itself."""
    page = {"X-Requested-With": "dashboard", "Content-Type": "application/json", "Origin": person.shape.url}
    answer = person.client.post("/api/auth/refresh", headers=page)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def test_a_revoked_key_is_dead_and_the_next_one_works_at_once(cast: Cast, person: Person) -> None:
    """The sign-in that the revoked key's tokens were made for goes on."""
    token = newest_key(cast, person)
    assert {cast.ask("GET", path, token).status_code for path in PATHS} == {200}
    said = key(cast.shape, "revoke")
    for fresh in (refreshed(person), *(cast.another_token(person) for _ in range(5))):
        assert kid_of(fresh) != kid_of(token)
        assert {cast.ask("GET", path, fresh).status_code for path in PATHS} == {200}

    def is_dead() -> bool | None:
        return {cast.ask("GET", path, token).status_code for path in PATHS} == {401} or None

    assert until(is_dead, seconds=60)
    assert "is revoked; what it signed is refused within a minute" in said
    assert "is revoked" in key(cast.shape, "list")
