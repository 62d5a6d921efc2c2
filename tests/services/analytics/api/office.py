"""A team whose sessions analytics is told of straight away, and questions to its API."""

from typing import Any
from uuid import UUID

import httpx

from services.analytics.consumer import SessionConsumer
from services.analytics.rollups import Rollups
from tests.services.analytics.bench import BOOK, deletion_of, message, state_of
from tests.services.ingest.api.team import Team
from tests.support.compositions import Person

CLEO = UUID(int=0x13)


class Office:
    """Anna (admin), Ben, Vera (viewer) and, without an account, Cleo; Olga is of another team."""

    def __init__(self, team: Team) -> None:
        self.team = team
        built, settings, clock = team.stack.built, team.stack.settings, team.stack.clock
        self._consumer = SessionConsumer(built.database, BOOK, settings, clock)
        self.rollups = Rollups(built.database, settings, clock)
        self.clock = clock
        self.told = 0

    async def tell(self, who: Person | UUID, native_id: str, uses: Any, **changes: Any) -> str:
        """Somebody's session, as it is from now on; its id."""
        self.told += 1
        user_id = who if isinstance(who, UUID) else who.user_id
        name = "cleo" if isinstance(who, UUID) else who.name
        own = {"team_id": self.team.anna.team_id, "user_id": user_id, "username": name}
        state = state_of(uses, native_id=native_id, version=self.told, **own | changes)
        assert await self._consumer.handle([message(state)]) == [None]
        return str(state.session.id)

    async def delete(self, native_id: str) -> None:
        self.told += 1
        state = state_of((), native_id=native_id, team_id=self.team.anna.team_id)
        await self._consumer.handle([message(deletion_of(state, self.told))])

    async def ask(self, who: Person, path: str, **params: Any) -> httpx.Response:
        return await who.browser.get(f"/api/analytics/{path}", params=params)

    async def told_to(self, who: Person, path: str, **params: Any) -> Any:
        answer = await self.ask(who, path, **params)
        assert answer.status_code == 200, answer.text
        return answer.json()
