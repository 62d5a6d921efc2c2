"""The auth service: accounts, teams, tokens, and what the broker asks about agents."""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter

from services.auth import tables
from services.auth.accounts import Accounts
from services.auth.announcer import Announcer
from services.auth.api import broker, keys, me, sign_in, teams
from services.auth.api.cookies import RefreshCookie
from services.auth.demo import DemoTeams
from services.auth.hashing import Hashing
from services.auth.issuer import Issuer
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.keys import SigningKey
from services.runtime.auth.rights import Rights
from services.runtime.bus import Bus
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.ephemeral import Ephemeral
from services.runtime.fanout import Fanout
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings


class AuthPart:
    """`access_key` signs access tokens; of `command_key` only the public half is published here."""

    name = "auth"

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        ephemeral: Ephemeral,
        fanout: Fanout,
        rights: Rights,
        gate: TokenGate,
        access_key: SigningKey,
        command_key: SigningKey,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._hashing = Hashing(settings)
        self._started = False
        issuer = Issuer(access_key, clock, settings.access_token_seconds)
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        announcer = Announcer(self._outbox, fanout, rights, clock)
        accounts = Accounts(database, self._hashing, issuer, announcer, clock, settings)
        self.demo = DemoTeams(database, self._hashing, announcer, clock)
        self.routers: Sequence[APIRouter] = [
            sign_in.routes(accounts, RefreshCookie(settings), gate),
            me.routes(database, ephemeral, announcer, gate, clock, settings),
            keys.routes([access_key, command_key]),
            teams.routes(database, accounts, announcer, gate, clock),
        ]
        self.internal_routers: Sequence[APIRouter] = [
            broker.internal_routes(database, gate, clock, virtual_host(settings.bus_url))
        ]

    async def start(self) -> None:
        await self._hashing.start()
        await self._outbox.start()
        self._started = True

    async def drain(self) -> None:
        """Holds nothing open to the outside."""

    async def stop(self) -> None:
        self._started = False
        await self._outbox.stop()
        await self._hashing.stop()

    def problem(self) -> str | None:
        """Without a bus people still sign in, so events that wait are no problem here."""
        return None if self._started else "not started"


def virtual_host(bus_url: str) -> str:
    """The broker's virtual host that a URL names, `/` where it names none."""
    return unquote(urlsplit(bus_url).path.removeprefix("/")) or "/"
