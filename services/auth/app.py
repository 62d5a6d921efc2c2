"""The auth service: accounts, teams, tokens, and what the broker asks about agents."""

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from fastapi import APIRouter

from services.auth import tables
from services.auth.accounts import Accounts
from services.auth.announcer import Announcer
from services.auth.api import audit as audit_api
from services.auth.api import broker, devices, invites, keys, me, members, sign_in, teams, tokens
from services.auth.api.cookies import RefreshCookie
from services.auth.attempts import Attempts
from services.auth.audit import AuditLog
from services.auth.consumer import AuditConsumer
from services.auth.demo import DemoTeams
from services.auth.enrolment import Enrolment
from services.auth.grants import Grants
from services.auth.hashing import Hashing
from services.auth.invitations import Invitations
from services.auth.issuer import Issuer
from services.auth.passwords import Passwords
from services.auth.profile import Profile
from services.auth.roster import Roster
from services.auth.standing import Standing
from services.contracts.topology import AUTH_AUDIT
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.keys import SigningKey
from services.runtime.auth.rights import Rights
from services.runtime.bus import Bus, Subscription
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.ephemeral import Ephemeral
from services.runtime.ephemeral.fallback import FallbackEphemeral
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
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        self._bus = bus
        self._subscriptions: list[Subscription] = []
        announcer = Announcer(self._outbox, fanout, rights, clock)
        attempts = Attempts(FallbackEphemeral(ephemeral, clock), settings)
        audit, standing = AuditLog(clock, settings), Standing()
        self._listener = AuditConsumer(database, audit)
        passwords = Passwords(self._hashing, settings)
        invitations = Invitations(database, standing, announcer, audit, clock, settings)
        roster = Roster(database, standing, announcer, audit, clock)
        accounts = Accounts(
            database=database,
            hashing=self._hashing,
            passwords=passwords,
            grants=Grants(Issuer(access_key, clock, settings.access_token_seconds), settings),
            invitations=invitations,
            attempts=attempts,
            announcer=announcer,
            audit=audit,
            clock=clock,
            settings=settings,
        )
        profile = Profile(
            database=database,
            hashing=self._hashing,
            passwords=passwords,
            attempts=attempts,
            announcer=announcer,
            audit=audit,
            clock=clock,
        )
        self.demo = DemoTeams(database, self._hashing, announcer, clock)
        cookie = RefreshCookie(settings)
        self.routers: Sequence[APIRouter] = [
            sign_in.routes(accounts, cookie, gate, attempts),
            me.routes(profile, ephemeral, cookie, gate, settings),
            tokens.routes(
                database=database,
                announcer=announcer,
                audit=audit,
                gate=gate,
                clock=clock,
                settings=settings,
            ),
            devices.routes(
                database=database,
                profile=profile,
                enrolment=Enrolment(database, audit, clock, settings),
                attempts=attempts,
                gate=gate,
                clock=clock,
            ),
            invites.preview_routes(invitations, attempts, clock),
            keys.routes([access_key, command_key]),
            teams.routes(
                database=database,
                accounts=accounts,
                standing=standing,
                roster=roster,
                announcer=announcer,
                audit=audit,
                gate=gate,
                clock=clock,
            ),
            members.routes(database, standing, roster, attempts, gate),
            invites.team_routes(
                database=database,
                standing=standing,
                invitations=invitations,
                gate=gate,
                clock=clock,
                settings=settings,
            ),
            audit_api.routes(database, standing, audit, gate, settings),
        ]
        self.internal_routers: Sequence[APIRouter] = [
            broker.internal_routes(database, gate, clock, virtual_host(settings.bus_url))
        ]

    async def start(self) -> None:
        await self._hashing.start()
        await self._outbox.start()
        self._subscriptions = [await self._bus.subscribe(AUTH_AUDIT, self._listener.handle)]
        self._started = True

    async def drain(self) -> None:
        """Send no more from the outbox while everybody's consumers stop: it keeps what is left."""
        await self._outbox.stop()

    async def stop(self) -> None:
        self._started = False
        for subscription in self._subscriptions:
            await subscription.stop()
        await self._outbox.stop()
        await self._hashing.stop()

    def problem(self) -> str | None:
        """Without a bus people still sign in, so events that wait are no problem here."""
        return None if self._started else "not started"


def virtual_host(bus_url: str) -> str:
    """The broker's virtual host that a URL names, `/` where it names none."""
    return unquote(urlsplit(bus_url).path.removeprefix("/")) or "/"
