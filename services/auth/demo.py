"""Makes and ends teams of made-up people. No route leads here: only who starts the server may have one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.auth import tables
from services.auth.announcer import Announcer
from services.auth.domain.settings import KeptSettings
from services.auth.hashing import Hashing
from services.auth.store import demo, memberships, teams, users
from services.auth.store.demo import Someone
from services.contracts.channels import RightsChanged
from services.runtime.auth import ANONYMOUS, Role, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.erasure import erase
from services.runtime.reach import widen


@dataclass(frozen=True, slots=True)
class Account:
    email: str
    username: str


class DemoTeams:
    """Every method is one transaction."""

    def __init__(self, database: Database, hashing: Hashing, announcer: Announcer, clock: Clock) -> None:
        self._database = database
        self._hashing = hashing
        self._announcer = announcer
        self._clock = clock

    async def found(self, name: str, accounts: Sequence[Account], password: str) -> UUID:
        """Make the accounts and their team, the first its admin; their sessions are the team's by default.

        Raises `Problem` 409, and makes nothing, when one of the addresses is taken.
        """
        password_hash = await self._hashing.hash(password)
        now, team_id = self._clock.now(), uuid4()
        settings = KeptSettings(default_visibility="team", demo=True).model_dump(mode="json")
        async with self._database.write(ANONYMOUS) as connection:
            await teams.add(ANONYMOUS, connection, team_id, name, settings, now)
            await self._announcer.team_updated(connection, team_id, name, settings)
            for place, account in enumerate(accounts):
                role: Role = "member" if place else "admin"
                user_id = uuid4()
                row = users.NewUser(user_id, account.email, account.username, password_hash, now)
                await users.add(ANONYMOUS, connection, row)
                await memberships.add(ANONYMOUS, connection, user_id, team_id, role, now)
                await self._announcer.user_updated(connection, user_id, account.username)
        self._announcer.wake()
        return team_id

    async def known(self) -> frozenset[UUID]:
        """The demo teams there are."""
        async with self._database.read(ANONYMOUS) as connection:
            return frozenset(await demo.marked(ANONYMOUS, connection))

    async def set_password(self, team_id: UUID, accounts: Sequence[Account], password: str) -> None:
        """Give the accounts of a demo team this password again."""
        password_hash = await self._hashing.hash(password)
        actor = TeamsCaller.of({team_id})
        async with self._database.write(actor) as connection:
            for account in accounts:
                await demo.set_password(actor, connection, account.email, password_hash)

    async def members(self, teams_: Collection[UUID], accounts: Sequence[Account]) -> list[Someone]:
        """The members of these teams who have the accounts' addresses."""
        emails, actor = [account.email for account in accounts], TeamsCaller.of(teams_)
        async with self._database.read(actor) as connection:
            return await demo.members(actor, connection, emails)

    async def token_ids(self, teams_: Collection[UUID]) -> frozenset[str]:
        """The ids of these teams' API tokens, made-up people's or not."""
        actor = TeamsCaller.of(teams_)
        async with self._database.read(actor) as connection:
            return frozenset(await demo.token_ids(actor, connection))

    async def forget(self, teams_: Collection[UUID], persons: Collection[UUID]) -> dict[str, int]:
        """Delete teams and persons with all that auth keeps of them; answers how many rows by table.

        The message that ends their access waits in the outbox of whichever server runs.
        """
        actor, now = TeamsCaller.of(teams_), self._clock.now()
        async with self._database.write(actor) as connection:
            await widen(connection, persons=persons)
            for team_id in teams_:
                await self._announcer.rights_ended(connection, RightsChanged(team_id=team_id, at=now))
                await self._announcer.agents_ended(actor, connection, team_id=team_id)
            await demo.raise_versions(actor, connection)
            gone = await erase(actor, connection, tables.metadata, persons)
            return gone | await demo.forget(actor, connection, persons)
