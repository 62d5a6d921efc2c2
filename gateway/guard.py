"""Ends sockets whose rights have ended."""

import asyncio
from typing import Protocol

import structlog
from pydantic import ValidationError

from gateway import frames
from gateway.client import Client
from gateway.roster import Roster
from services.contracts.channels import RightsChanged
from services.contracts.frames import CloseCode
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.errors import Problem
from services.runtime.fanout import Entry
from services.runtime.tasks import end

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
RETRY_SECONDS = 5.0
CHECKS_AT_ONCE = 4


class Gate(Protocol):
    """Says who a token's bearer is and what they may do now."""

    async def check(self, token: str) -> Caller:
        """Raises `Problem`: 401 for no valid token, 503 while that cannot be told."""

    async def still_valid(self, caller: Caller) -> Caller | None: ...


class Guard:
    """Checks every socket's rights each `every` seconds and when `control` names it.

    It ends what has expired, and who does not read.

    Whoever `control` names hears nothing until the check is done. While rights cannot be read, sockets stay
    open, news go on, and the check is tried again.
    """

    def __init__(self, gate: Gate, roster: Roster, clock: Clock, every: float) -> None:
        self._gate = gate
        self._roster = roster
        self._clock = clock
        self._every = every
        self._slots = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._checks: set[asyncio.Task[None]] = set()
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._watch = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end(*self._checks, self._watch)

    def hear(self, entry: Entry) -> None:
        """Take a message of `control`. One that cannot be read may concern anybody."""
        try:
            change = RightsChanged.model_validate_json(entry.payload)
        except ValidationError:
            self.doubt_all()
            return
        for client in self._roster.named(change):
            self._doubt(client)

    def doubt_all(self) -> None:
        """Messages of `control` were missed: check everybody."""
        for client in self._roster:
            self._check(client)

    async def _run(self) -> None:
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        wall, now = self._clock.now(), self._clock.monotonic()
        for client in self._roster:
            if client.expires_at is not None and client.expires_at <= wall:
                client.end(CloseCode.UNAUTHENTICATED, "the token has expired")
            elif client.check_at <= now:
                self._check(client)
            client.look(now)

    def _doubt(self, client: Client) -> None:
        client.hold()
        self._check(client).add_done_callback(lambda _: client.release())

    def _check(self, client: Client) -> asyncio.Task[None]:
        client.check_at = self._clock.monotonic() + self._every
        task = asyncio.create_task(self._ask(client))
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)
        return task

    async def _ask(self, client: Client) -> None:
        async with self._slots:
            if client.ending is not None:
                return
            try:
                caller = await self._gate.still_valid(client.caller)
            except (Problem, OSError) as error:
                log.warning("rights not checked", error=type(error).__name__)
                client.check_at = self._clock.monotonic() + RETRY_SECONDS
                return
        if caller is None:
            client.end(CloseCode.UNAUTHENTICATED, "access has ended")
        elif "read" not in caller.scopes:
            client.end(CloseCode.FORBIDDEN, "this token may open no socket")
        else:
            self._renew(client, caller)

    def _renew(self, client: Client, caller: Caller) -> None:
        changed = caller.role != client.caller.role
        client.caller = caller
        if changed:
            client.say(frames.authenticated(caller))
