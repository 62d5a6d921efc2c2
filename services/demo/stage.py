"""Opens the demo beside a running server, and closes it before the server goes."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

import httpx
from fastapi import APIRouter

from services.auth.demo import Account, DemoTeams
from services.auth.tables import outbox
from services.demo.desk import Desk, RefusedError
from services.demo.keeping import Keeping
from services.demo.play import Play
from services.demo.schedule import DAYS
from services.demo.team import PEOPLE, TEAM_NAME
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.erasure import messages_about

LOOK_AGAIN_SECONDS = 0.02
ACCOUNTS: Sequence[Account] = tuple(Account(person.email, person.name) for person in PEOPLE)
Client = Callable[[], httpx.AsyncClient]


class Stage:
    """A part that `open` begins once the server answers. `client` makes clients of its front door."""

    name = "demo"

    def __init__(
        self, teams: DemoTeams, database: Database, keeping: Keeping, client: Client, clock: Clock
    ) -> None:
        self._teams = teams
        self._database = database
        self._keeping = keeping
        self._client = client
        self._clock = clock
        self._desks: list[Desk] = []
        self._task: asyncio.Task[None] | None = None
        self.routers: Sequence[APIRouter] = []
        self.internal_routers: Sequence[APIRouter] = []

    async def start(self) -> None:
        """Nothing begins before the server answers: see `open`."""

    async def open(self, days: int = DAYS) -> Play:
        """Make the team, or meet it again, and sign its people in; answers what is then ready to be played.

        `days` is how far the past reaches.
        Raises `Problem` 409 when somebody else has one of the addresses.
        """
        password = self._keeping.password()
        known = await self._teams.known()
        if not known:
            known = frozenset({await self._teams.found(TEAM_NAME, ACCOUNTS, password)})
        await self._until_told(known)
        self._desks = [Desk(person, self._client(), self._clock) for person in PEOPLE]
        for desk in self._desks:
            try:
                await desk.open(password)
            except RefusedError:
                # The password was changed on the page, or its file was lost: the demo's own is the file's.
                for team_id in known:
                    await self._teams.set_password(team_id, ACCOUNTS, password)
                await desk.open(password)
        return Play(self._desks, self._clock, lambda: self._keeping.is_wanted, days=days)

    def perform(self, play: Play) -> None:
        """Play in the background until the demo is unwanted or drained; then let go of the lock."""
        self._task = asyncio.create_task(self._perform(play))

    async def leave(self) -> None:
        """Close what `open` opened, and let go of the lock."""
        for desk in self._desks:
            await desk.close()
        self._keeping.release()

    async def drain(self) -> None:
        """End the play while the server still answers."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def stop(self) -> None:
        await self.drain()

    def problem(self) -> str | None:
        return None

    async def _perform(self, play: Play) -> None:
        try:
            await play.run()
        finally:
            await self.leave()

    async def _until_told(self, teams: frozenset[UUID]) -> None:
        """Wait until everybody has heard of the team: sessions sent before would not be marked."""
        actor = TeamsCaller.of(teams)
        while True:
            async with self._database.read(actor) as connection:
                if not await messages_about(actor, connection, outbox):
                    return
            await self._clock.sleep(LOOK_AGAIN_SECONDS)
