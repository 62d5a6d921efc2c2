"""A history of a team whose sums are known: who used how many tokens, when and for what."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from llm_session_manager.protocol import Report, Usage
from tests.e2e.people import Person
from tests.support.builders import make_report
from tests.support.waiting import until

DAY = timedelta(days=1)
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Work:
    """A session with one stretch of use."""

    name: str
    who: str
    tool: str
    model: str
    project: str
    tag: str
    at: datetime
    tokens: int

    def day(self, zone: str = "UTC") -> date:
        return self.at.astimezone(ZoneInfo(zone)).date()


CLAUDE, GPT = "claude-sonnet-4-5", "gpt-5.4"
WORKS = (
    Work("w0", "anna", "claude-code", CLAUDE, "shop", "bug", NOW, 1_000),
    Work("w1", "ben", "codex", GPT, "shop", "slow", NOW, 20_000),
    Work("w2", "anna", "codex", GPT, "web", "bug", NOW - 3 * DAY, 300_000),
    Work("w3", "ben", "claude-code", CLAUDE, "shop", "bug", NOW - 20 * DAY, 4_000_000),
    Work("w4", "anna", "claude-code", CLAUDE, "web", "slow", NOW - 40 * DAY, 50_000_000),
    Work("w5", "ben", "claude-code", CLAUDE, "web", "slow", NOW - 70 * DAY, 600_000_000),
)


def share_history(people: Iterable[Person]) -> None:
    """All have reported their own, tagged and shared all of it, and the team's sums know it."""
    teller, *_ = people = list(people)
    for person in people:
        own = [work for work in WORKS if work.who == person.name]
        _report(person, own)
        mine = person.await_sessions({work.name for work in own})
        for work in own:
            path = f"/api/sessions/{mine[work.name]['id']}"
            change = {"tags": [work.tag], "visibility": "team"}
            answer = person.client.put(path, json=change)
            assert answer.is_success, answer.text
    everything = used(lambda _: True)
    until(lambda: _total(teller) == everything or None)
    until(lambda: set(_tags(teller)) == {work.tag for work in WORKS} or None)


def used(among: Callable[[Work], bool]) -> int:
    """The tokens of these."""
    return sum(work.tokens for work in WORKS if among(work))


def _span() -> dict[str, str]:
    return {"from": str(NOW.date() - 90 * DAY), "to": str(NOW.date() + DAY), "tz": "UTC"}


def _total(person: Person) -> int | None:
    total: int | None = person.get("/api/analytics/team", **_span())["tokens"]["total"]
    return total


def _tags(person: Person) -> list[str]:
    return list(person.get("/api/analytics/options", **_span())["tags"])


def _report(person: Person, works: Iterable[Work]) -> None:
    token = {"Authorization": f"Bearer {person.api_token('agent')}"}
    hello = {"machine_id": f"{person.name}-1", "hostname": "box", "os": "Debian 13", "version": "0.1.0"}
    with httpx.Client(base_url=person.shape.url, headers=token, timeout=30) as agent:
        agent_id = agent.post("/api/agents", json=hello).json()["agent_id"]
        reports = [_told(n, work).model_dump(mode="json") for n, work in enumerate(works, 1)]
        body = {"v": 1, "agent_id": agent_id, "sent_at": datetime.now(UTC).isoformat(), "reports": reports}
        answer = agent.post("/api/sessions/sync", json=body)
        assert (answer.status_code, answer.json()["rejected"]) == (202, []), answer.text


def _told(n: int, work: Work) -> Report:
    usage = Usage(
        at=work.at, model=work.model, calls=1, input=work.tokens // 2, output=work.tokens // 2,
        cache_read=0, cache_write_5m=0, cache_write_1h=0,
    )  # fmt: skip
    facts: dict[str, Any] = {
        "tool": work.tool, "title": f"Task {work.name}", "model": work.model, "project": work.project,
        "started_at": work.at, "last_activity_at": work.at, "usage": (usage,),
    }  # fmt: skip
    made = make_report(n, work.name, **facts)
    return made.model_copy(update={"sent_at": NOW, "epoch": int(NOW.timestamp()) - 60})
