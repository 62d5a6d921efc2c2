"""A person who writes the corpus wherever one can write, and a machine that reports it as names."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from llm_session_manager.protocol import (
    Commit,
    Event,
    FileChange,
    Memory,
    PullRequest,
    Report,
    SubAgent,
    ToolUse,
)
from tests.e2e.people import Person
from tests.pages.corpus import CORPUS, LINKS, RUN
from tests.support.builders import make_facts, make_usage
from tests.support.waiting import until

AT_ONCE = 8
GROUPS = [CORPUS[number : number + AT_ONCE] for number in range(0, len(CORPUS), AT_ONCE)]
ADDRESSES = (f"javascript:{RUN}", f"JaVaScRiPt:{RUN}//github.com/a/b/pull/1", f"data:text/html,<script>{RUN}")
STATUSES = ("waiting", "active", "error", "ended")


def write(person: Person, name: str) -> None:
    """Insights with all of the corpus in title, text and tags, and comments that name `name`."""
    for lines in GROUPS:
        new = {
            "type": "learning",
            "title": lines[0][:200],
            "content": "\n\n".join((*lines, *LINKS)),
            "tags": [line[:50] for line in lines],
        }
        made = person.client.post("/api/insights", json=new)
        assert made.status_code == 201, made.text
        path = f"/api/insights/{made.json()['id']}/comments"
        for text in ("\n\n".join(lines), "\n\n".join(LINKS), f"@{name} {lines[0]}"):
            assert person.client.post(path, json={"content": text}).status_code == 201


def report(person: Person) -> list[str]:
    """Sessions, one of each live kind, of which every name is of the corpus; shared, tagged and noted."""
    token = {"Authorization": f"Bearer {person.api_token('agent')}"}
    hello = {"machine_id": "m", "hostname": CORPUS[3], "os": CORPUS[5], "version": CORPUS[0]}
    reports = [_told(n, lines) for n, lines in enumerate(GROUPS, 1)]
    with httpx.Client(base_url=person.shape.url, headers=token, timeout=30) as agent:
        agent_id = agent.post("/api/agents", json=hello).json()["agent_id"]
        body = {"v": 1, "agent_id": agent_id, "sent_at": datetime.now(UTC).isoformat()}
        plain = [one.model_dump(mode="json") for one in reports]
        answer = agent.post("/api/sessions/sync", json=body | {"reports": plain})
        assert (answer.status_code, answer.json()["rejected"]) == (202, []), answer.text
    found = until(lambda: here if len(here := person.sessions()) == len(reports) else None)
    for lines in GROUPS:
        path = f"/api/sessions/{found[lines[7][:128]]['id']}"
        told = {"tags": [line[:50] for line in lines], "note": "\n\n".join((*lines, *LINKS))}
        assert person.client.put(path, json=told).status_code == 200
        assert person.client.post(f"{path}/share", json={"visibility": "team"}).status_code == 200
    return [str(one["id"]) for one in found.values()]


def hook(person: Person) -> None:
    """A webhook with such a name, that is never used."""
    new = {"kind": "generic", "name": CORPUS[3], "url": "https://example.com/x", "events": ["mention"]}
    path = f"/api/teams/{person.team_id}/webhooks"
    assert person.client.post(path, json=new | {"enabled": False}).status_code == 201


def _told(n: int, lines: Sequence[str]) -> Report:
    now = datetime.now(UTC).replace(microsecond=0)
    short = [line[:200] for line in lines]
    status = STATUSES[(n - 1) % len(STATUSES)]
    known: dict[str, Any] = {
        "title": lines[0], "project": short[1], "repository": short[2], "branch": short[3],
        "directory": lines[4], "status_reason": lines[4], "tool_version": short[5], "hostname": short[6],
        "model": short[n], "status": status, "ended_at": now if status == "ended" else None,
        "started_at": now - timedelta(minutes=9), "last_activity_at": now, "context_used": 195_000,
        "tool_calls": 40, "errors": 16, "error_categories": dict.fromkeys(short, 2),
        "usage": (make_usage(at=now - timedelta(minutes=9), model=short[n]),), **_lists(lines, short, now),
    }  # fmt: skip
    facts = make_facts(lines[7][:128], **known)
    made = Report(epoch=int(now.timestamp()) - 60, n=n, sent_at=now, tier="content", session=facts)
    return made.model_copy(update={"events": _events(lines, short, now)})


def _lists(lines: Sequence[str], short: Sequence[str], now: datetime) -> dict[str, Any]:
    return {
        "tools": tuple(ToolUse(name=name, calls=5, errors=2) for name in short),
        "files": tuple(
            FileChange(path=line, change="updated", edits=1, added=1, removed=1, last_at=now)
            for line in lines
        ),
        "commits": tuple(
            Commit(sha=f"{n}{line}"[:128], branch=line[:200], subject=line, at=now)
            for n, line in enumerate(lines)
        ),
        "pull_requests": tuple(
            PullRequest(number=n, url=url, repository=short[n], at=now) for n, url in enumerate(ADDRESSES)
        ),
        "subagents": tuple(
            SubAgent(
                id=line[:128], kind=line[:200], model=line[:200], status=line[:200], tool_calls=1,
                tokens=1, started_at=now, last_activity_at=now,
            )
            for line in lines[:4]
        ),
        "memories": tuple(
            Memory(name=line, scope="project", bytes=1, lines=1, modified_at=now) for line in lines
        ),
    }  # fmt: skip


def _events(lines: Sequence[str], short: Sequence[str], now: datetime) -> tuple[Event, ...]:
    kinds = ("prompt", "answer", "tool", "commit", "pull_request", "api_error", "subagent", "interrupt")
    return tuple(
        Event(
            id=f"{n}{line}"[:128], at=now, kind=kinds[n], lane=lines[n % 4][:128] if n % 2 else None,
            name=short[n], outcome="failed", category=short[n], detail=ADDRESSES[0] if n == 4 else line,
        )
        for n, line in enumerate(lines)
    )  # fmt: skip
