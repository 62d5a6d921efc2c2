"""A team at work: the whole product in this process, with people, machines and sessions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from llm_session_manager.protocol import Report
from tests.support.builders import make_report
from tests.support.compositions import Machine, Person, Stack, open_stack, settings_for


class Team:
    """Anna (admin), Ben (member) and Vera (viewer) of one team, Olga of another. Anna and Ben have agents."""

    anna: Person
    ben: Person
    vera: Person
    olga: Person
    laptop: Machine
    bens: Machine

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.n = 0

    async def gather(self) -> None:
        self.anna = await self.stack.person("anna")
        self.ben = await self.stack.colleague(self.anna, "ben")
        self.vera = await self.stack.colleague(self.anna, "vera", "viewer")
        self.olga = await self.stack.person("olga", "Omega")
        self.laptop = await self.stack.machine(self.anna)
        self.bens = await self.stack.machine(self.ben, "machine-2")

    def report(self, native_id: str = "native-1", **facts: Any) -> Report:
        """A report newer than all before it."""
        self.n += 1
        return make_report(self.n, native_id, **facts)

    async def session(
        self, of: Machine | None = None, native_id: str = "native-1", **facts: Any
    ) -> dict[str, Any]:
        """Report a session; answers it as its owner sees it."""
        machine = of or self.laptop
        answer = await machine.send(self.report(native_id, **facts))
        assert (answer.status_code, answer.json()["rejected"]) == (202, []), answer.text
        owner = self.anna if machine is self.laptop else self.ben
        items = (await owner.browser.get("/api/sessions", params={"limit": 200})).json()["items"]
        return next(one for one in items if one["native_id"] == native_id and one["username"] == owner.name)

    async def shared(
        self, of: Machine | None = None, native_id: str = "native-1", **facts: Any
    ) -> dict[str, Any]:
        """Report a session and show it to the team; answers it as its owner sees it."""
        made = await self.session(of, native_id, **facts)
        owner = self.anna if of is None or of is self.laptop else self.ben
        answer = await owner.browser.post(f"/api/sessions/{made['id']}/share", json={"visibility": "team"})
        assert answer.status_code == 200, answer.text
        return {name: value for name, value in answer.json().items() if name != "link"}


@asynccontextmanager
async def open_team(database_url: str, folder: Any, **changes: Any) -> AsyncIterator[Team]:
    async with open_stack(settings_for(folder, database_url, **changes)) as stack:
        team = Team(stack)
        await team.gather()
        yield team


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]
