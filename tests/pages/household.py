"""Who and what the pages are looked at with: a team at work, one that begins, a person in none."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx

from llm_session_manager.protocol import Commit, Event, FileChange, Memory, Report, SubAgent, ToolUse, Usage
from tests.e2e.people import Person
from tests.support.builders import make_report
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

MINUTE = timedelta(minutes=1)
# Of each: whose it is, its status and why, how old it is, and what stands out in it.
SESSIONS: tuple[tuple[str, str, str, str, int, Mapping[str, Any]], ...] = (
    ("anna", "Round tax per line", "waiting", "asks to run a command", 4, {"context_used": 61_000}),
    ("anna", "Cache the price list", "active", "running a tool", 1, {"context_used": 121_000}),
    ("anna", "Notes for the offsite", "idle", "turn finished", 38, {"context_used": 12_000}),
    ("ben", "Move orders to the new queue", "error", "the API refused the last call", 9, {"errors": 14}),
    ("ben", "Explain the flaky checkout test", "active", "thinking", 2, {"context_used": 188_000}),
    ("ben", "Upgrade the linter", "ended", "", 170, {"model": "gpt-5.4", "tool": "codex"}),
    ("anna", "Rename customer to buyer", "ended", "", 400, {}),
)  # fmt: skip
RICH = "Round tax per line"
PRIVATE = "Notes for the offsite"
PUBLIC = "Rename customer to buyer"
TAKEN_BACK = "Cache the price list"
LINTER = "The linter’s own --fix is cheaper than a model"
LEARNT = """With a test that fails, a session takes **half the steps**:

- name the file of the test
- say which command runs it

```
pytest tests/test_tax.py -x
```
"""


class Household:
    """`people` are signed in; `places` are addresses to open, by the names that the gallery uses."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._open = ExitStack()
        self.people: dict[str, Person] = {}
        self.places: dict[str, str] = {}

    def __enter__(self) -> Self:
        anna = self._person("anna", "Harbour")
        self._person("ben", invite=anna.invite())
        self._person("vera", invite=anna.invite("viewer"))
        self._person("nora", "Lighthouse")
        self._person("solo")
        for name in ("anna", "ben"):
            self._report(name)
        self._share()
        self._publish(anna)
        self._learn()
        anna.api_token("read")
        self._invite(anna)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _person(self, name: str, team_name: str | None = None, *, invite: str | None = None) -> Person:
        self.people[name] = self._open.enter_context(Person(self.shape, name, team_name, invite=invite))
        return self.people[name]

    def _report(self, name: str) -> None:
        token = {"Authorization": f"Bearer {self.people[name].api_token('agent')}"}
        hello = {"machine_id": f"{name}-1", "hostname": f"{name}-mbp", "os": "Debian 13", "version": "0.1.0"}
        with httpx.Client(base_url=self.shape.url, headers=token, timeout=30) as agent:
            agent_id = agent.post("/api/agents", json=hello).json()["agent_id"]
            reports = [_told(n, *each[1:]) for n, each in enumerate(SESSIONS, 1) if each[0] == name]
            body = {"v": 1, "agent_id": agent_id, "sent_at": datetime.now(UTC).isoformat()}
            plain = [one.model_dump(mode="json") for one in reports]
            answer = agent.post("/api/sessions/sync", json=body | {"reports": plain})
            assert (answer.status_code, answer.json()["rejected"]) == (202, []), answer.text
        until(lambda: len(self.people[name].sessions()) >= len(reports) or None)

    def _share(self) -> None:
        for name in ("anna", "ben"):
            person = self.people[name]
            for session in person.sessions().values():
                if session["user_id"] != person.user["id"]:
                    continue
                if session["title"] != PRIVATE:
                    path = f"/api/sessions/{session['id']}/share"
                    assert person.client.post(path, json={"visibility": "team"}).is_success
                if session["title"] == RICH:
                    self.places["session"] = f"/sessions/{session['id']}"
                    tags = {"tags": ["tax", "checkout"], "note": "Waits for the word of the accountants."}
                    assert person.client.put(f"/api/sessions/{session['id']}", json=tags).is_success

    def _publish(self, anna: Person) -> None:
        """One session on a public page, and one whose page is no more."""
        allowed = {"settings": {"allow_public": True}}
        assert anna.client.put(f"/api/teams/{anna.team_id}", json=allowed).is_success
        for place, title in (("public", PUBLIC), ("ended-public", TAKEN_BACK)):
            session = next(one for one in anna.sessions().values() if one["title"] == title)
            path = f"/api/sessions/{session['id']}/share"
            made = until(lambda path=path: _link(anna, path))
            self.places[place] = "/public#" + made.partition("#")[2]
            if place == "ended-public":
                assert anna.client.post(path, json={"visibility": "team"}).is_success

    def _learn(self) -> None:
        """Insights of two people, one of a session, what is said to it, and where else the team is told."""
        anna, ben = self.people["anna"], self.people["ben"]
        rich = next(one for one in anna.sessions().values() if one["title"] == RICH)
        linter = {"type": "recommendation", "title": LINTER, "content": "Run `ruff check --fix` first."}
        test = {"type": "learning", "title": "Ask for a failing test before the fix", "content": LEARNT}
        about = {"tags": ["tests", "prompts"], "session_id": rich["id"]}
        for author, new in ((ben, linter | {"tags": ["cost"]}), (anna, test | about)):
            made = author.client.post("/api/insights", json=new)
            assert made.status_code == 201, made.text
        path = f"/api/insights/{made.json()['id']}"
        self.places["insight"] = path.removeprefix("/api")
        first = ben.client.post(f"{path}/comments", json={"content": "It holds here too, @anna."})
        assert first.status_code == 201, first.text
        answer = {"content": "Then I write it into `CLAUDE.md`.", "parent_id": first.json()["id"]}
        assert anna.client.post(f"{path}/comments", json=answer).status_code == 201
        assert ben.client.post(f"{path}/upvote").status_code == 200
        hook = {"kind": "slack", "name": "#shop-agents", "url": "https://hooks.slack.com/services/T0/B0/x"}
        hooks = f"/api/teams/{anna.team_id}/webhooks"
        made = anna.client.post(hooks, json=hook | {"events": ["weekly_report"], "enabled": False})
        assert made.status_code == 201, made.text

    def _invite(self, anna: Person) -> None:
        self.places["invite"] = f"/invite#{anna.invite()}"
        used = anna.invite("viewer")
        self._person("dmitri", invite=used)
        self.places["used-invite"] = f"/invite#{used}"


def _link(owner: Person, path: str) -> str | None:
    """The link of a new public page; none before the services know that the team allows it."""
    answer = owner.client.post(path, json={"visibility": "public"})
    return str(answer.json()["link"]["url"]) if answer.is_success else None


def _told(n: int, title: str, status: str, reason: str, minutes: int, facts: Mapping[str, Any]) -> Report:
    """A report of a session that was last active so many minutes ago."""
    now = datetime.now(UTC).replace(microsecond=0)
    last = now - minutes * MINUTE
    start = last - 95 * MINUTE
    known: dict[str, Any] = {
        "title": title, "status": status, "status_reason": reason or None, "started_at": start,
        "last_activity_at": last, "ended_at": last if status == "ended" else None, "active_seconds": 4_800,
        "user_messages": 9, "assistant_messages": 41, "tool_calls": 63, "refusals": 1,
        "usage": tuple(_usage(start, step) for step in range(7)), **_lists(start),
    }  # fmt: skip
    made = make_report(n, f"native-{n}", events=_events(start), **known | dict(facts))
    return made.model_copy(update={"sent_at": now, "epoch": int(now.timestamp()) - 60})


def _usage(start: datetime, step: int) -> Usage:
    at = (start + step * 15 * MINUTE).replace(second=0)
    at = at.replace(minute=at.minute // 15 * 15)
    return Usage(
        at=at, model="claude-sonnet-4-5", calls=6, input=900 + 700 * step, output=1_100 + 350 * (step % 3),
        cache_read=21_000 * (step + 1), cache_write_5m=2_300, cache_write_1h=0,
    )  # fmt: skip


def _lists(start: datetime) -> dict[str, Any]:
    paths = (
        "shop/tax.py",
        "shop/cart/lines.py",
        "tests/test_tax.py",
        "docs/a-file-with-a-rather-long-name.md",
    )
    return {
        "tools": (ToolUse(name="Bash", calls=31, errors=2), ToolUse(name="Edit", calls=22, errors=0),
                  ToolUse(name="Read", calls=10, errors=0)),
        "error_categories": {"exit_code": 2},
        "files": tuple(
            FileChange(path=path, change="updated", edits=3, added=20 + n, removed=4, last_at=start)
            for n, path in enumerate(paths)
        ),
        "commits": (
            Commit(sha="4f9d2c7a81e6", branch="main", subject="Round tax per line, not per order",
                   at=start + 60 * MINUTE),
        ),
        "subagents": (
            SubAgent(id="agent-1", kind="Explore", model="claude-haiku-4-5", status="completed", tool_calls=4,
                     tokens=5_000, started_at=start, last_activity_at=start + 9 * MINUTE),
        ),
        "memories": (Memory(name="CLAUDE.md", scope="project", bytes=1_240, lines=38, modified_at=start),),
    }  # fmt: skip


def _events(start: datetime) -> list[Event]:
    kinds = ("prompt", "tool", "tool", "tool", "commit", "tool")
    return [
        Event(id=f"event-{n}", at=start + 4 * n * MINUTE, kind=kinds[n % len(kinds)],
              name=("Bash", "Edit", "Read")[n % 3] if kinds[n % len(kinds)] == "tool" else None,
              outcome="failed" if n == 8 else "ok" if kinds[n % len(kinds)] == "tool" else None,
              duration_ms=900 + 37 * n)
        for n in range(18)
    ]  # fmt: skip
