"""What was kept long enough goes from every table of every service, and nothing else does.

Two teams live through the same hundred days: one has days of its own for every kind of data, the other has
what the server is set up with.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from services.targets import SERVICES
from tests.services.lives import RETENTION, STILL, Facts, Row, is_sent, live, wave
from tests.support.builders import START
from tests.support.compositions import open_stack, settings_for
from tests.support.fixtures import database_with
from tests.support.tables import TABLES, everything
from tests.support.waiting import eventually

database_url = database_with("runtime", *SERVICES)

TOMBSTONES = {"sessions": "deleted_at", "analytics_sessions": "deleted", "insight_sessions": "deleted"}


Due = Callable[[Row, Facts], bool]


def of_session(row: Row, facts: Facts) -> bool:
    return row["session_id"] in facts.dead


def detail(row: Row, facts: Facts) -> bool:
    return row["session_id"] in facts.dead | facts.thin


def told(kind: str) -> Due:
    """What is told of a session goes with it, unless it is about an insight, and when it is old."""

    def due(row: Row, facts: Facts) -> bool:
        with_session = row["session_id"] in facts.dead and row.get("insight_id") is None
        return with_session or (row.get("status") != "waiting" and facts.is_old(row, kind))

    return due


def alert(row: Row, facts: Facts) -> bool:
    over = not row["firing"] and facts.is_old(row, "alerts", "calm_at")
    return row["session_id"] in facts.dead or over


def letter(row: Row, facts: Facts) -> bool:
    return row["session_id"] in facts.dead and row["insight_id"] is None


def command(row: Row, facts: Facts) -> bool:
    return row["session_id"] in facts.dead or facts.is_old(row, "commands")


ACCOUNT = "lasts as long as the account, the team, the log-in or the token it belongs to"
PROJECTION = "what another service tells of teams and persons: it goes when they do"
INSIGHT = "what the team has learnt stays until somebody deletes it"
SECRET = "has an end of its own, after which it opens nothing"
GONE_BEFORE = "keeps what was deleted from coming back"
PASSING = "is gone as soon as it is sent, or worked out anew from what is there"

# By table, what of it is due; a sentence says why nothing of it goes by its age.
RULES: dict[str, Due | str] = {
    "audit_entries": lambda row, facts: facts.is_old(row, "audit", "at"),
    **dict.fromkeys(
        ("teams", "users", "memberships", "logins", "refresh_tokens", "api_tokens", "signing_keys"), ACCOUNT
    ),
    **dict.fromkeys(("broker_logins", "broker_cuts", "audit_chains", "webhooks", "agents"), ACCOUNT),
    **dict.fromkeys(("agent_tokens", "notification_preferences", "insight_feeds"), ACCOUNT),
    **dict.fromkeys(("invites", "invite_letters", "password_resets", "enrolment_codes"), SECRET),
    "sessions": lambda row, facts: row["id"] in facts.dead,
    **dict.fromkeys(("session_events", "session_files", "session_commits", "session_samples"), detail),
    **dict.fromkeys(("session_usage", "session_memories", "session_tags", "session_words"), of_session),
    **dict.fromkeys(("session_links", "session_views"), of_session),
    "commands": command,
    **dict.fromkeys(("session_owners", "ingest_teams"), PROJECTION),
    **dict.fromkeys(("analytics_sessions", "analytics_usage", "analytics_tags"), of_session),
    "analytics_errors": of_session,
    "analytics_crossings": lambda row, facts: row["subject"] in facts.dead,
    "analytics_insights": INSIGHT,
    **dict.fromkeys(
        ("team_metrics", "analytics_reports"), "sums and marks of the team's, with nobody's name"
    ),
    **dict.fromkeys(("analytics_users", "analytics_members", "analytics_teams"), PROJECTION),
    **dict.fromkeys(("insight_sessions", "insight_progress"), of_session),
    "insight_alerts": alert,
    "notifications": told("notifications"),
    "webhook_deliveries": told("deliveries"),
    "notification_letters": letter,
    "insight_heard": lambda row, facts: facts.is_old(row, "heard", "at"),
    **dict.fromkeys(("shared_insights", "insight_tags", "insight_words", "insight_votes"), INSIGHT),
    **dict.fromkeys(("insight_comments", "insight_findings"), INSIGHT),
    **dict.fromkeys(("insight_users", "insight_members", "insight_teams"), PROJECTION),
    **dict.fromkeys(("ingest_departed", "analytics_departed", "insight_departed"), GONE_BEFORE),
    "letters_heard": "is let go of a week later, with the next letter",
    **dict.fromkeys(("auth_outbox", "ingest_outbox", "analytics_outbox", "insight_outbox"), PASSING),
    **dict.fromkeys(("auth_mail", "analytics_dirty", "analytics_rollup"), PASSING),
    **dict.fromkeys(("analytics_rollup_days", "analytics_rollup_mixed", "analytics_error_hours"), PASSING),
    **dict.fromkeys(("analytics_rollup_blocks", "analytics_rollup_mixed_hours"), PASSING),
    **dict.fromkeys(("analytics_error_days", "analytics_error_mixed"), PASSING),
    **dict.fromkeys(("runtime_attempts", "runtime_dead_letters"), "the bus lets go of it by its own days"),
}
PASSED_OVER = {name for name, rule in RULES.items() if rule == PASSING or name.startswith("runtime_")}


def test_each_table_has_a_rule() -> None:
    """Whoever adds a table says here what becomes of its rows with time."""
    assert TABLES.keys() - RULES.keys() == set()


async def test_exactly_what_is_due_goes_from_every_table(database_url, tmp_path):
    settings = settings_for(tmp_path, database_url, **STILL)
    async with open_stack(settings) as stack:
        facts = await live(stack)
        database = stack.built.database
        before = await everything(database)
        for part in stack.built.parts:
            for each in getattr(part, "retention", ()):
                await each.step()
        await eventually(lambda: is_sent(stack))
        after = await everything(database)
        counted = {
            kind: stack.built.metrics.registry.get_sample_value("td_retired_total", {"kind": kind})
            for kind in ("sessions", "details", "commands", "notifications", "alerts", "deliveries", "audit")
        }
    for name, rule in RULES.items():
        if name in PASSED_OVER:
            continue
        assert before[name], f"{name} is not looked at"
        if isinstance(rule, str):
            # Of the audit log, a chain begins later.
            assert name == "audit_chains" or _keyed(name, after) == _keyed(name, before), name
            continue
        due = {key for key, row in _keyed(name, before).items() if rule(row, facts)}
        assert due, f"nothing of {name} is due"
        assert due < _keyed(name, before).keys(), f"all of {name} is due"
        assert _left(name, before) - _left(name, after) == due, name
        assert not _keyed(name, after).keys() - _keyed(name, before).keys(), name
    assert all(counted.values()), counted
    assert counted["sessions"] == len(facts.dead)
    assert counted["details"] == len(facts.thin)
    for table, mark in TOMBSTONES.items():
        emptied = [row for row in after[table] if row[mark]]
        assert len(emptied) == len(facts.dead)
        assert not [row for row in emptied if row.get("title") or row.get("body")]
    for table in ("analytics_sessions", "insight_sessions"):
        (kept,) = [row for row in after[table] if row["session_id"] in facts.thin]
        # Analytics keeps none of these lists.
        assert not any(kept["body"].get(name) for name in ("files", "commits", "pull_requests"))
        assert table == "analytics_sessions" or kept["body"]["memories"]
        assert kept["body"]["session"]["commits"] == 1


def _keyed(name: str, found: Mapping[str, list[dict[str, Any]]]) -> dict[tuple[Any, ...], Row]:
    key = [column.name for column in TABLES[name].primary_key]
    return {tuple(row[part] for part in key): row for row in found[name]}


def _left(name: str, found: Mapping[str, list[dict[str, Any]]]) -> set[tuple[Any, ...]]:
    """The rows that say anything: of some tables, what is gone stays as an empty row."""
    mark = TOMBSTONES.get(name)
    return {key for key, row in _keyed(name, found).items() if mark is None or not row[mark]}


@pytest.mark.parametrize("kind", sorted(RETENTION.keys() - {"details_days"}))
async def test_a_team_may_keep_a_kind_for_longer_than_the_server(database_url, tmp_path, kind):
    """Its own days come before the server's, be they more or fewer."""
    async with open_stack(settings_for(tmp_path, database_url, **STILL)) as stack:
        anna = await stack.person("anna", "Alpha")
        session = await wave(stack, anna, await stack.machine(anna), "ancient")
        chosen = {"retention": {kind: 400}}
        stack.clock.advance(seconds=1)
        answer = await anna.browser.put(f"/api/teams/{anna.team_id}", json={"settings": chosen})
        assert answer.status_code == 200, answer.text
        await eventually(lambda: is_sent(stack))
        stack.clock.at = START + timedelta(days=200)
        for part in stack.built.parts:
            for each in getattr(part, "retention", ()):
                await each.step()
        left = await everything(stack.built.database)
        kept = {
            "commands_days": left["commands"],
            "notifications_days": left["notifications"],
            "alerts_days": [row for row in left["insight_alerts"] if not row["firing"]],
            "deliveries_days": [row for row in left["webhook_deliveries"] if row["status"] != "waiting"],
        }
        assert {name for name, rows in kept.items() if rows} == {kind}
        assert [row["id"] for row in left["sessions"] if row["id"] == session]
