"""A team whose members and sessions insight is told of straight away, and what they say to its API."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Self

import httpx
import orjson

from services.contracts.channels import team_channel
from services.contracts.people import MemberJoined, MemberLeft, PeopleMessage, TeamDeleted, UserDeleted
from services.insight import tables
from services.insight.app import InsightPart
from services.projection.consumer import ProjectionConsumer
from services.runtime.bus import Message
from tests.services.analytics.bench import deletion_of, message
from tests.services.ingest.api.team import Team
from tests.support.compositions import Person
from tests.support.states import make_state

LEARNT = {"type": "learning", "title": "Name what you mean", "content": "So that **others** find it."}


class Forum:
    """Anna (admin), Ben (member) and Vera (viewer) of one team, Olga of another."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.stack = team.stack
        self.anna, self.ben, self.vera, self.olga = team.anna, team.ben, team.vera, team.olga
        self.clock = self.stack.clock
        (part,) = (one for one in self.stack.built.parts if isinstance(one, InsightPart))
        self._people = part.people
        self._sessions = ProjectionConsumer(self.stack.built.database, tables.sessions)
        self.version = 0

    async def gather(self) -> None:
        for person, role in ((self.anna, "admin"), (self.ben, "member"), (self.vera, "viewer")):
            await self.meet(person, role)
        await self.meet(self.olga, "admin")

    async def meet(self, person: Person, role: str = "member") -> None:
        known = {"team_id": person.team_id, "user_id": person.user_id, "at": self.clock.now()}
        await self.hear(MemberJoined(username=person.name, role=role, **known))

    async def hear(self, *told: PeopleMessage) -> None:
        batch = [Message(one.kind, one.model_dump_json().encode()) for one in told]
        assert await self._people.handle(batch) == [None] * len(batch)

    async def leave(self, person: Person) -> None:
        at = self.clock.advance(seconds=1)
        await self.hear(MemberLeft(team_id=person.team_id, user_id=person.user_id, at=at))

    async def delete_account(self, person: Person) -> None:
        at = self.clock.advance(seconds=1)
        await self.hear(UserDeleted(user_id=person.user_id, team_ids=[person.team_id], at=at))

    async def delete_team(self, person: Person) -> None:
        await self.hear(TeamDeleted(team_id=person.team_id, at=self.clock.advance(seconds=1)))

    async def session(self, of: Person, native_id: str, visibility: str = "team", **changes: Any) -> str:
        """A session of somebody's, as it is from now on; its id."""
        self.version += 1
        own = {"team_id": of.team_id, "user_id": of.user_id, "username": of.name, "version": self.version}
        state = make_state(native_id=native_id, visibility=visibility, **own | changes)
        assert await self._sessions.handle([message(state)]) == [None]
        return str(state.session.id)

    async def delete_session(self, of: Person, native_id: str) -> None:
        self.version += 1
        state = make_state(native_id=native_id, team_id=of.team_id, user_id=of.user_id)
        await self._sessions.handle([message(deletion_of(state, self.version))])

    async def share(self, who: Person, **changes: Any) -> dict[str, Any]:
        """Share an insight, a second after the one before; answers it."""
        self.clock.advance(seconds=1)
        answer = await who.browser.post("/api/insights", json=LEARNT | changes)
        assert answer.status_code == 201, answer.text
        return told(answer)

    async def comment(self, who: Person, insight: str, content: str, **changes: Any) -> dict[str, Any]:
        self.clock.advance(seconds=1)
        body = {"content": content} | changes
        answer = await who.browser.post(f"/api/insights/{insight}/comments", json=body)
        assert answer.status_code == 201, answer.text
        return told(answer)

    async def thread(self, who: Person, insight: str) -> list[dict[str, Any]]:
        return list(told(await who.browser.get(f"/api/insights/{insight}/comments"))["items"])

    async def seen(self, who: Person, insight: str) -> dict[str, Any]:
        return told(await who.browser.get(f"/api/insights/{insight}"))

    async def titles(self, who: Person, **params: Any) -> list[str]:
        """What a person is shown, in its order, read in pages of two."""
        found: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await who.browser.get("/api/insights", params={"limit": 2, **params, **cursor})
            page = told(answer)
            found += [one["title"] for one in page["items"]]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    def later(self, **span: float) -> None:
        self.clock.advance(seconds=timedelta(**span).total_seconds())


class Listening:
    """What the fan-out carries for a team from now on."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum

    async def __aenter__(self) -> Self:
        self._listener = await self._forum.stack.built.fanout.listen()
        assert self._forum.anna.team_id is not None
        await self._listener.add(team_channel(self._forum.anna.team_id))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._listener.close()

    async def frames(self, count: int) -> Sequence[dict[str, Any]]:
        """The next so many frames that are told in another service's words."""
        found: list[dict[str, Any]] = []
        async for entry in self._listener:
            said = orjson.loads(entry.payload)
            if said["type"] == "tidings":
                found.append(said)
            if len(found) == count:
                break
        return found


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    return dict(answer.json())
