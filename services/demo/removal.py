"""Takes the demo away again, with every row and file of it, and nothing else."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from services.analytics import tables as analytics
from services.auth import tables as auth
from services.auth.demo import DemoTeams
from services.demo.keeping import Keeping
from services.demo.stage import ACCOUNTS
from services.ingest import tables as ingest
from services.ingest.forgetting import Forgetting
from services.ingest.removal import TeamRemoval
from services.insight import tables as insight
from services.runtime.auth import TeamsCaller
from services.runtime.auth.api_token import ApiToken
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.erasure import erase, erase_messages, messages_about
from services.runtime.reach import widen
from services.runtime.tables import dead_letters

TABLES = (analytics.metadata, insight.metadata, ingest.metadata, auth.metadata)
OUTBOXES = (auth.outbox, ingest.outbox, analytics.outbox, insight.outbox)
LOOK_AGAIN_SECONDS = 0.1
CALM_LOOKS = 10
END_SECONDS = 30.0
PATIENCE_SECONDS = 3.0


class BusyError(Exception):
    """A server plays the demo and does not end it."""


@dataclass(frozen=True, slots=True)
class Removed:
    """`rows` by table; `kept` are addresses of accounts that have joined a real team since."""

    accounts: Sequence[str]
    kept: Sequence[str]
    rows: Mapping[str, int]
    files: Sequence[Path]


class Removal:
    """Works beside a running server, which tells its browsers, and without one."""

    def __init__(
        self,
        database: Database,
        teams: DemoTeams,
        sessions: TeamRemoval,
        words: Forgetting,
        keeping: Keeping,
        clock: Clock,
    ) -> None:
        self._database = database
        self._teams = teams
        self._sessions = sessions
        self._words = words
        self._keeping = keeping
        self._clock = clock

    async def run(self, folder: Path) -> Removed:
        """Remove everything. Raises `BusyError` when a server goes on playing for half a minute."""
        files = [self._keeping.password_file] if self._keeping.forget() else []
        await self._until_ended()
        actor = TeamsCaller.of(await self._teams.known())
        rows: Counter[str] = Counter()
        members = await self._teams.members(actor.teams, ACCOUNTS)
        persons = {member.user_id: member.email for member in members if not member.elsewhere}
        if actor.teams:
            files += await self._forget_agent(actor, folder)
            await self._sessions.delete_sessions(actor)
            rows.update(await self._teams.forget(actor.teams, persons))
            await self._until_heard(actor)
            rows.update(await self._erase_all(actor, persons))
            await self._words.once()
        self._keeping.release(forget=True)
        return Removed(
            accounts=sorted(persons.values()),
            kept=sorted(member.email for member in members if member.elsewhere),
            rows={table: count for table, count in rows.items() if count},
            files=files,
        )

    async def _until_ended(self) -> None:
        """Wait until no server plays: it looks for the password, which is gone."""
        end = self._clock.monotonic() + END_SECONDS
        while not self._keeping.take():
            if self._clock.monotonic() > end:
                raise BusyError
            await self._clock.sleep(LOOK_AGAIN_SECONDS)

    async def _until_heard(self, actor: TeamsCaller) -> None:
        """Wait until a server has taken what is to be told; one that does not begin to is not there."""
        left, since = await self._untold(actor), self._clock.monotonic()
        while left and self._clock.monotonic() - since < PATIENCE_SECONDS:
            await self._clock.sleep(LOOK_AGAIN_SECONDS)
            now = await self._untold(actor)
            if now < left:
                left, since = now, self._clock.monotonic()

    async def _untold(self, actor: TeamsCaller) -> int:
        async with self._database.read(actor) as connection:
            found = [await messages_about(actor, connection, outbox) for outbox in OUTBOXES]
        return sum(map(len, found))

    async def _erase_all(self, actor: TeamsCaller, persons: Collection[UUID]) -> Counter[str]:
        """Delete until nothing comes back for a while: a server may be writing what it has just heard."""
        rows: Counter[str] = Counter()
        looks = 0
        while looks < CALM_LOOKS:
            erased = await self._erase(actor, persons)
            rows.update(erased)
            looks = 0 if erased else looks + 1
            await self._clock.sleep(LOOK_AGAIN_SECONDS)
        return rows

    async def _erase(self, actor: TeamsCaller, persons: Collection[UUID]) -> Counter[str]:
        """Delete what is there now; answers how many rows, by table."""
        gone: Counter[str] = Counter()
        async with self._database.write(actor) as connection:
            await widen(connection, persons=persons)
            for metadata in TABLES:
                gone.update(await erase(actor, connection, metadata, persons))
            for table in (*OUTBOXES, dead_letters):
                gone[table.name] += await erase_messages(actor, connection, table, persons)
        return +gone

    async def _forget_agent(self, actor: TeamsCaller, folder: Path) -> list[Path]:
        """Take away this machine's own agent where it was connected to the demo: its token opens nothing."""
        file = folder / "agent.token"
        token = ApiToken.parse(file.read_text().strip()) if file.exists() else None
        if token is None or token.id not in await self._teams.token_ids(actor.teams):
            return []
        file.unlink()
        return [file]
