"""Two teams live through the same hundred days, and leave rows of every kind at three times of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from llm_session_manager.protocol import Commit, FileChange, Memory, PullRequest
from services.ingest.domain.identity import session_id
from services.targets import SERVICES
from tests.support.builders import START, make_event, make_report, make_usage
from tests.support.compositions import Machine, Person, Stack
from tests.support.rows import every_row
from tests.support.tables import TABLES, everything, filled
from tests.support.waiting import eventually

Row = Mapping[str, Any]
SESSIONS, OWN = 60, 30
RETENTION = {f"{kind}_days": OWN for kind in ("details", "commands", "notifications", "alerts", "deliveries")}
SERVERS = {"commands": 30, "notifications": 90, "alerts": 180, "deliveries": 30, "heard": 30, "audit": 30}
# Hundred, 45 and one day before the end: for the team of its own days, beyond all, beyond most, and young.
WAVES = {"ancient": START, "old": START + timedelta(days=55), "young": START + timedelta(days=99)}
END = START + timedelta(days=100)
# Nothing happens by itself meanwhile, and nobody has to sign in again.
STILL: Mapping[str, Any] = {
    **dict.fromkeys(
        (
            "sweep_seconds", "analytics_round_seconds", "alerts_round_seconds", "letters_round_seconds",
            "webhook_poll_seconds", "cut_poll_seconds", "cut_sweep_seconds",
        ),
        3_600.0,
    ),
    "access_token_seconds": 10**8, "refresh_idle_days": 4_000, "refresh_absolute_days": 4_000,
    "audit_days": SERVERS["audit"],
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """Which sessions are to go, which of them lose their details, and whose days are which."""

    limited: UUID
    dead: frozenset[UUID]
    thin: frozenset[UUID]

    def is_old(self, row: Row, kind: str, column: str = "created_at") -> bool:
        own = kind != "audit" and row.get("team_id") == self.limited
        return bool(row[column] < END - timedelta(days=OWN if own else SERVERS[kind]))


async def is_sent(stack: Stack) -> bool:
    found = await everything(stack.built.database)
    return not any(found[f"{service}_outbox"] for service in SERVICES)


async def live(stack: Stack) -> Facts:
    """Let both teams live through their hundred days; the first has days of its own."""
    anna, olga = await stack.person("anna", "Alpha"), await stack.person("olga", "Beta")
    machines = [(anna, await stack.machine(anna)), (olga, await stack.machine(olga, "machine-2"))]
    ids: dict[tuple[str, str], UUID] = {}
    for name, at in WAVES.items():
        stack.clock.at = at
        for person, machine in machines:
            ids[person.name, name] = await wave(stack, person, machine, name)
    stack.clock.at = END
    chosen = {"retention_days": SESSIONS, "retention": RETENTION}
    answer = await anna.browser.put(f"/api/teams/{anna.team_id}", json={"settings": chosen})
    assert answer.status_code == 200, answer.text
    await eventually(lambda: is_sent(stack))
    assert anna.team_id is not None
    dead, thin = ids["anna", "ancient"], ids["anna", "old"]
    return Facts(anna.team_id, frozenset({dead}), frozenset({thin}))


async def wave(stack: Stack, person: Person, machine: Machine, name: str) -> UUID:
    """A session that has ended, one that has not, and all else that a team comes to in time."""
    now = stack.clock.now()
    ended = {"status": "ended", "ended_at": now}
    n = list(WAVES).index(name) * 2 + 1
    for number, native_id, how in ((n, name, ended), (n + 1, f"{name} idle", {"status": "idle"})):
        report = make_report(number, native_id, events=[make_event(native_id, at=now)], **_facts(now), **how)
        answer = await machine.send(report)
        assert (answer.status_code, answer.json()["rejected"]) == (202, []), answer.text
    found = session_id(person.team_id, person.user_id, "claude-code", name)
    await eventually(lambda: is_sent(stack))
    mine = f"/api/sessions/{found}"
    assert (await person.browser.put(mine, json={"tags": ["cart"]})).status_code == 200
    learnt = {
        "type": "learning",
        "title": name,
        "content": "text",
        "tags": ["cart"],
        "session_id": str(found),
    }
    shared = await person.browser.post("/api/insights", json=learnt)
    assert shared.status_code == 201, shared.text
    insight = shared.json()["id"]
    for path, body in (("upvote", None), ("comments", {"content": "so it is"})):
        answer = await person.browser.post(f"/api/insights/{insight}/{path}", json=body)
        assert answer.is_success, answer.text
    team = f"/api/teams/{person.team_id}"
    assert (await person.browser.put(team, json={"settings": {"default_visibility": "team"}})).is_success
    await eventually(lambda: is_sent(stack))
    await _plant(stack, person, found, UUID(insight), now)
    return found


def _facts(now: datetime) -> dict[str, Any]:
    return {
        "started_at": now,
        "last_activity_at": now,
        "usage": (make_usage(at=now),),
        "error_categories": {"exit": 1},
        "files": (FileChange(path="a.py", change="updated", edits=1, added=1, removed=0, last_at=now),),
        "commits": (Commit(sha="1a2b3c4", branch="main", subject="Mend it", at=now),),
        "memories": (Memory(name="CLAUDE.md", scope="project", bytes=1, lines=1, modified_at=now),),
        "pull_requests": (PullRequest(number=1, url="https://git.example/1", repository="a/b", at=now),),
    }


async def _plant(stack: Stack, person: Person, session: UUID, insight: UUID, at: datetime) -> None:
    """Rows that would take mail, brokers or hours to come about."""
    own = {"team_id": person.team_id, "user_id": person.user_id}
    link, invite = uuid4(), uuid4()
    at_all = {"until": at, "due_at": END + timedelta(days=400), "expires_at": at, "created_at": at}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("session_links", {"id": link, "session_id": session}),
        ("session_views", {"link_id": link, "session_id": session}),
        ("commands", {"session_id": session, "status": "done"}),
        ("analytics_crossings", {"subject": session}),
        ("analytics_crossings", {"subject": UUID(int=0)}),
        ("team_metrics", {}),
        ("analytics_reports", {}),
        ("analytics_departed", {}),
        ("ingest_departed", {}),
        ("insight_departed", {}),
        ("insight_heard", {"at": at}),
        ("insight_findings", {}),
        ("insight_feeds", {}),
        ("insight_progress", {"session_id": session}),
        ("insight_alerts", {"session_id": session, "state": "resolved", "calm_at": at}),
        ("insight_alerts", {"state": "resolved", "calm_at": at}),
        ("insight_alerts", {"state": "open", "firing": True}),
        ("notifications", {"session_id": session}),
        ("notifications", {"session_id": session, "insight_id": insight}),
        ("notification_letters", {"session_id": session}),
        ("notification_letters", {"session_id": session, "insight_id": insight}),
        ("notification_preferences", {}),
        ("webhooks", {}),
        ("webhook_deliveries", {"session_id": session, "status": "delivered"}),
        ("webhook_deliveries", {"status": "delivered"}),
        ("webhook_deliveries", {"status": "waiting"}),
        ("broker_cuts", {"done_at": at}),
        ("invites", {"id": invite, "role": "member", "uses": 0, "max_uses": 1}),
        ("invite_letters", {"invite_id": invite}),
        ("password_resets", {}),
        ("enrolment_codes", {}),
        ("letters_heard", {}),
        ("signing_keys", {"signs_from": END + timedelta(days=400)}),
    ]  # fmt: skip
    async with every_row(stack.built.database) as connection:
        tokens = TABLES["api_tokens"].c
        token = await connection.scalar(select(tokens.id).where(tokens.team_id == person.team_id))
        rows.append(("broker_logins", {"token_id": token}))
        for name, given in rows:
            table = TABLES[name]
            known = {column: value for column, value in (at_all | own).items() if column in table.c}
            row = filled(table, at, **(known | given))
            if name in {"insight_feeds", "notification_preferences"}:
                row["user_id"] = uuid4()
            await connection.execute(insert(table).values(**row))
