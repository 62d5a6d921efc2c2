"""The auth service: accounts, teams, tokens, and what the broker asks about agents."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.auth import tables
from services.auth.accounts import Accounts
from services.auth.agents import Agents
from services.auth.announcer import Announcer
from services.auth.api import audit as audit_api
from services.auth.api import broker, devices, invites, keys, me, members, resets, sign_in, teams, tokens
from services.auth.api.cookies import RefreshCookie
from services.auth.attempts import Attempts
from services.auth.audit import AuditLog
from services.auth.connection_limit import ConnectionLimit
from services.auth.connections import open_connections, virtual_host
from services.auth.consumer import AuditConsumer
from services.auth.cutoff import Cutoff
from services.auth.demo import DemoTeams
from services.auth.enrolment import Enrolment
from services.auth.grants import Grants
from services.auth.hashing import Hashing
from services.auth.invitations import Invitations
from services.auth.issuer import Issuer
from services.auth.keyring import Keyring
from services.auth.letters import CHANGED, INVITATION, NOTICES, RESET, Letters
from services.auth.letters.invitations import InvitationLetters
from services.auth.letters.notices import LetterConsumer, NoticeLetters
from services.auth.letters.resets import ChangeLetters, ResetLetters
from services.auth.machines import MachineConsumer
from services.auth.own_data import OwnData
from services.auth.passwords import Passwords
from services.auth.profile import Profile
from services.auth.resets import Resets
from services.auth.retention import Retention
from services.auth.roster import Roster
from services.auth.standing import Standing
from services.contracts.topology import AUTH_AGENTS, AUTH_AUDIT, AUTH_LETTERS
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.keys import SigningKey
from services.runtime.auth.rights import Rights
from services.runtime.bus import Bus, Subscription
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.ephemeral import Ephemeral
from services.runtime.ephemeral.fallback import FallbackEphemeral
from services.runtime.fanout import Fanout
from services.runtime.mail import Mailer
from services.runtime.mail.post import Post
from services.runtime.mail.queue import Queue
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.rates import Rates
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings


class AuthPart:
    """`keyring` signs access tokens; of `command_key` only the public half is published here."""

    name = "auth"

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        ephemeral: Ephemeral,
        counters: FallbackEphemeral,
        rates: Rates,
        fanout: Fanout,
        rights: Rights,
        gate: TokenGate,
        keyring: Keyring,
        command_key: SigningKey,
        mailer: Mailer | None,
        metrics: Metrics,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._hashing = Hashing(settings)
        self._started = False
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        self._bus = bus
        self._subscriptions: list[Subscription] = []
        connections, agents = open_connections(settings), Agents(database, gate, clock)
        self.cutoff = Cutoff(database, agents, connections, clock, settings)
        announcer = Announcer(self._outbox, fanout, rights, self.cutoff, clock)
        attempts = Attempts(counters, rates, settings)
        audit, standing = AuditLog(clock), Standing()
        self._listener = AuditConsumer(database, audit)
        self._machines = MachineConsumer(database, announcer, audit, clock)
        letters = Letters(
            {
                INVITATION: InvitationLetters(database, clock, settings.public_url),
                RESET: ResetLetters(database, audit, clock, settings),
                CHANGED: ChangeLetters(database, settings.public_url),
                NOTICES: NoticeLetters(database, settings.public_url),
            }
        )
        self._post = Post(database, Queue(tables.mail), mailer, letters, clock, metrics, settings)
        self._letters = LetterConsumer(database, self._post, settings, clock)
        passwords = Passwords(self._hashing, settings)
        invitations = Invitations(
            database=database,
            standing=standing,
            announcer=announcer,
            audit=audit,
            post=self._post,
            clock=clock,
            settings=settings,
        )
        roster = Roster(database, standing, announcer, audit, clock)
        accounts = Accounts(
            database=database,
            hashing=self._hashing,
            passwords=passwords,
            grants=Grants(Issuer(keyring, clock, settings.access_token_seconds), settings),
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
        resetting = Resets(
            database=database,
            passwords=passwords,
            attempts=attempts,
            announcer=announcer,
            audit=audit,
            post=self._post,
            clock=clock,
            settings=settings,
        )
        self.retention = (Retention(database, audit, settings, clock, metrics),)
        self._retiring = [
            Rounds("retention", one.step, settings.retention_round_seconds, clock) for one in self.retention
        ]
        self.demo = DemoTeams(database, self._hashing, announcer, clock)
        cookie = RefreshCookie(settings)
        self.routers: Sequence[APIRouter] = [
            sign_in.routes(accounts, cookie, gate, attempts),
            resets.routes(resetting, attempts, settings),
            me.routes(
                profile=profile,
                own_data=OwnData(database, audit, clock),
                ephemeral=ephemeral,
                cookie=cookie,
                gate=gate,
                settings=settings,
            ),
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
                gate=gate,
                clock=clock,
            ),
            invites.preview_routes(invitations, clock),
            keys.routes(keyring, command_key),
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
                attempts=attempts,
                gate=gate,
                clock=clock,
                settings=settings,
            ),
            audit_api.routes(database, standing, audit, gate, settings),
        ]
        self.internal_routers: Sequence[APIRouter] = [
            broker.internal_routes(
                agents, ConnectionLimit(connections, counters, settings), virtual_host(settings.bus_url)
            )
        ]

    async def start(self) -> None:
        await self._hashing.start()
        await self.cutoff.start()
        await self._outbox.start()
        await self._post.start()
        self._subscriptions = [
            await self._bus.subscribe(AUTH_AUDIT, self._listener.handle),
            await self._bus.subscribe(AUTH_AGENTS, self._machines.handle),
            await self._bus.subscribe(AUTH_LETTERS, self._letters.handle),
        ]
        for each in self._retiring:
            await each.start()
        self._started = True

    async def drain(self) -> None:
        """Send no more from the outbox while everybody's consumers stop: it keeps what is left."""
        await self._outbox.stop()

    async def stop(self) -> None:
        self._started = False
        for each in reversed(self._retiring):
            await each.stop()
        for subscription in self._subscriptions:
            await subscription.stop()
        await self._post.stop()
        await self._outbox.stop()
        await self.cutoff.stop()
        await self._hashing.stop()

    def problem(self) -> str | None:
        """Without a bus people still sign in, so events that wait are no problem here."""
        return None if self._started else "not started"
