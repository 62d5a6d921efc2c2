"""Incidents: noticed when a session changes, told once, for those whom they concern."""

import random
from datetime import timedelta
from uuid import UUID, uuid4

import orjson
import pytest

from services.contracts.budgets import BudgetCrossed, WeekReported
from services.contracts.channels import team_channel, user_channel
from services.contracts.people import MemberJoined, MemberLeft, UserDeleted
from services.contracts.sessions import Messages, SessionDeleted, Tokens
from services.insight import tables
from services.insight.domain.alerts.rules import SILENT
from services.runtime.settings import Settings
from tests.services.insight.desk import HOME, Desk
from tests.support.builders import AGENT, ANNA, BEN, TEAM
from tests.support.fixtures import database_with

database_url = database_with("insight")
CARL = UUID(int=0x13)
TEAMS, ANNAS = team_channel(TEAM), user_channel(TEAM, ANNA)


@pytest.fixture
async def desk(database_url, tmp_path):
    made = Desk(Settings(data_dir=tmp_path), database_url)
    await made.gather()
    yield made
    await made.database.close()


async def test_low_health_is_told_to_the_owner_and_shown_to_the_team(desk):
    await desk.put(score=30)
    assert await desk.alerts() == [("health_alert", "open")]
    assert await desk.told() == [("health_alert", ANNA)]
    assert await desk.frames() == [(TEAMS, "health_alert"), (ANNAS, "notification")]
    (alert,) = await desk.rows(tables.alerts)
    assert (alert["value"], alert["threshold"], alert["username"]) == (30, 40, "anna")


async def test_a_private_sessions_incident_is_its_owners_alone(desk):
    await desk.put(score=30, visibility="private")
    assert await desk.told() == [("health_alert", ANNA)]
    assert await desk.frames() == [(ANNAS, "health_alert"), (ANNAS, "notification")]


async def test_a_thousand_updates_around_the_threshold_are_one_incident(desk):
    chance = random.Random(6)
    for _ in range(50):
        batch = []
        for _ in range(20):
            desk.clock.advance(seconds=chance.uniform(0, 20))
            batch.append(desk.state(score=round(chance.uniform(55, 85), 1), percent=chance.choice((84, 96))))
        # One a batch decides: the newest; the others are taken one by one as well.
        await desk.take(*batch[:10])
        for state in batch[10:]:
            await desk.take(state)
    alerts = await desk.rows(tables.alerts)
    assert sorted(row["kind"] for row in alerts) == ["health_alert", "token_warning"]
    assert min(row["revision"] for row in alerts) > 20
    assert await desk.told() == [("health_alert", ANNA), ("token_warning", ANNA)]


async def test_what_comes_twice_or_late_tells_nobody_twice(desk):
    old, low = desk.state(score=90), desk.state(score=30)
    await desk.take(low)
    await desk.take(low, low)
    await desk.take(old)
    (alert,) = await desk.rows(tables.alerts)
    assert (alert["state"], alert["revision"]) == ("open", 1)
    assert await desk.told() == [("health_alert", ANNA)]


async def test_what_has_ended_long_ago_is_no_incident(desk):
    await desk.put(score=10, percent=99, status="ended")
    assert await desk.alerts() == []


async def test_an_incident_is_over_when_its_session_ends(desk):
    await desk.put(score=30, percent=95)
    await desk.put(score=30, percent=95, status="ended")
    assert await desk.alerts() == [("health_alert", "resolved"), ("token_warning", "resolved")]


async def test_the_teams_own_thresholds_hold(desk):
    desk.clock.advance(seconds=1)
    await desk.gather(health_thresholds={"warning": 95, "critical": 50}, token_warning_percent=50)
    await desk.put(score=90, percent=55)
    assert [kind for kind, _ in await desk.alerts()] == ["health_alert", "token_warning"]


async def test_a_deleted_session_takes_all_that_was_told_of_it_along(desk):
    state = await desk.put(score=30)
    gone = SessionDeleted(
        team_id=TEAM, user_id=ANNA, session_id=state.session.id, version=2, at=desk.clock.now()
    )
    await desk.take(gone)
    assert (await desk.alerts(), await desk.told()) == ([], [])


async def test_a_session_that_waits_too_long_is_told_once_and_over_when_it_goes_on(desk):
    await desk.put(status="waiting")
    vigil = desk.alerting.vigil
    desk.clock.advance(minutes=29)
    await vigil.notice_waiting()
    assert await desk.alerts() == []
    desk.clock.advance(minutes=1)
    await vigil.notice_waiting()
    await vigil.notice_waiting()
    assert await desk.alerts() == [("waiting_long", "open")]
    assert await desk.told() == [("waiting_long", ANNA)]
    await desk.put(status="active")
    assert await desk.alerts() == [("waiting_long", "resolved")]


async def test_a_session_that_gets_nowhere_fast_is_told(desk):
    def spent(tokens):
        return Tokens(
            input=tokens, output=0, cache_read=0, cache_write=0, reasoning=None, total=tokens,
            context_used=None, context_window=None,
        )  # fmt: skip

    await desk.put(tokens=spent(1_000), tool_calls=1)
    for minute in range(1, 21):
        desk.clock.advance(minutes=1)
        await desk.put(tokens=spent(1_000 + minute * 30_000), tool_calls=1 + minute * 2)
    assert await desk.told() == [("runaway", ANNA)]
    said = Messages(user=2, assistant=90)
    await desk.put(tokens=spent(700_000), tool_calls=60, messages=said)
    assert await desk.alerts() == [("runaway", "resolved")]


async def test_a_machine_that_falls_silent_at_work_is_told_to_its_owner_alone(desk):
    for native_id in ("one", "two"):
        await desk.put(native_id, agent_id=AGENT)
    await desk.take(
        *(desk.state(one, agent_id=AGENT, status="idle", status_reason=SILENT) for one in ("one", "two"))
    )
    assert await desk.alerts() == [("agent_silent", "open")]
    assert await desk.told() == [("agent_silent", ANNA)]
    assert {channel for channel, _ in await desk.frames()} == {ANNAS}
    await desk.put("two", agent_id=AGENT)
    assert await desk.alerts() == [("agent_silent", "resolved")]


async def test_what_was_put_off_is_told_again_if_it_goes_on(desk):
    await desk.put(score=30)
    until = desk.clock.now() + timedelta(hours=1)
    async with desk.database.write(HOME) as connection:
        values = {"state": "snoozed", "snoozed_until": until}
        await connection.execute(tables.alerts.update().values(**values))
    await desk.alerting.vigil.end_pauses()
    assert await desk.alerts() == [("health_alert", "snoozed")]
    desk.clock.advance(hours=1)
    await desk.alerting.vigil.end_pauses()
    assert (await desk.alerts(), len(await desk.told())) == ([("health_alert", "open")], 2)


def crossed(**changes):
    known = {
        "team_id": TEAM, "user_id": ANNA, "session_id": None, "scope": "member_day", "unit": "tokens",
        "percent": 80, "period": "2026-03-01", "value": 820_000, "limit": 1_000_000,
    }  # fmt: skip
    return BudgetCrossed(**known | changes)


async def test_a_crossed_budget_is_told_once_to_whom_it_concerns(desk):
    at = desk.clock.now()
    day = crossed(at=at)
    month = crossed(at=at, user_id=None, scope="team_month", period="2026-03", unit="cost", percent=100)
    await desk.figure(day, day, month)
    await desk.figure(day)
    assert await desk.told() == [("budget_warning", one) for one in sorted((ANNA, ANNA, BEN))]
    channels = [channel for channel, frame in await desk.frames() if frame == "token_warning"]
    assert channels == [ANNAS, TEAMS]
    desk.clock.advance(days=2)
    await desk.alerting.vigil.end_pauses()
    assert await desk.alerts() == [("budget_warning", "open"), ("budget_warning", "resolved")]


async def test_a_week_is_reported_once_to_every_member_and_by_letter(desk):
    week = WeekReported(
        event_id=uuid4(), team_id=TEAM, week="2026-02-23", title="Your team's week", lines=["12 sessions"],
        link="/analytics", at=desk.clock.now(),
    )  # fmt: skip
    await desk.figure(week)
    await desk.figure(week)
    assert await desk.told() == [("weekly_report", ANNA), ("weekly_report", BEN)]
    assert await desk.letters() == [["Your team's week"]] * 2


async def test_who_joins_is_told_to_the_admins_once(desk):
    told = MemberJoined(team_id=TEAM, user_id=CARL, username="carl", role="member", at=desk.clock.now())
    await desk.hear(told)
    await desk.hear(told)
    assert await desk.told() == [("member_joined", ANNA)]


async def test_who_leaves_takes_along_what_they_were_told_and_is_told_no_more(desk):
    await desk.put(score=30, user_id=BEN, username="ben")
    at = desk.clock.advance(seconds=1)
    await desk.hear(MemberLeft(team_id=TEAM, user_id=BEN, at=at))
    assert await desk.told() == []
    await desk.put("another", score=30, user_id=BEN, username="ben")
    assert await desk.told() == []


async def test_a_deleted_account_leaves_nothing_that_it_was_told(desk):
    await desk.put(score=30)
    await desk.put("silent", agent_id=AGENT)
    await desk.put("silent", agent_id=AGENT, status="idle", status_reason=SILENT)
    await desk.hear(UserDeleted(user_id=ANNA, team_ids=[TEAM], at=desk.clock.now()))
    assert (await desk.alerts(), await desk.told()) == ([], [])
    assert await desk.rows(tables.progress) == []


async def test_what_is_told_names_nothing_that_was_said(desk):
    """At the tier that keeps everything, a title may be somebody's first words."""
    await desk.put(score=30, title="the secret plan", tier="content")
    told = [orjson.loads(row["body"]) for row in await desk.rows(tables.outbox)]
    notices = [one["data"]["notification"] for one in told if one["frame"] == "notification"]
    assert [one["title"] for one in notices] == ["Health of Claude Code in shop fell to 30"]
