"""What ingest does when teams and persons change, or go."""

from sqlalchemy import select

from services.contracts.channels import SessionGone
from services.contracts.people import (
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    TeamDeleted,
    TeamUpdated,
    UserDeleted,
    UserUpdated,
)
from services.contracts.sessions import SessionDeleted
from services.ingest import tables
from services.ingest.tables.sessions import LONG_AGO
from services.runtime.auth.agents import agent_id
from services.runtime.bus import Message
from tests.support.builders import (
    ANNA,
    BEN,
    MACHINE,
    OTHER_TEAM,
    START,
    TEAM,
    after,
    make_report,
    message,
)
from tests.support.rows import every_row


async def sent_by(bench, report, team=TEAM, user=ANNA):
    """A report of another machine than Anna's, which is introduced first."""
    agent = agent_id(team, user, MACHINE)
    await bench.introduce(agent, team, user)
    return message(report, team=team, user=user, agent=agent)


async def tell(bench, *messages):
    batch = [Message(one.kind, one.model_dump_json().encode()) for one in messages]
    assert await bench.people.handle(batch) == [None] * len(batch)


async def living(bench):
    return [row["native_id"] for row in await bench.rows(tables.sessions) if row["deleted_at"] is None]


def sent(bench_rows, kind):
    return [row for row in bench_rows if row["routing_key"] == kind or row["kind"] == kind]


async def test_a_joined_member_is_known_by_name(bench):
    await tell(bench, MemberJoined(team_id=TEAM, user_id=ANNA, username="anna", role="member", at=START))
    (owner,) = await bench.rows(tables.session_owners)
    assert owner["username"] == "anna"


async def test_who_changes_their_role_takes_nothing_along(bench):
    await bench.take(make_report())
    before = await bench.rows(tables.sessions)
    await tell(bench, MemberRoleChanged(team_id=TEAM, user_id=ANNA, role="viewer", at=START))
    assert await bench.rows(tables.sessions) == before
    assert await bench.rows(tables.outbox) == []


async def test_who_leaves_takes_what_was_private_along(bench):
    """What they shared stays, as does what others, and they in another team, kept private."""
    await bench.introduce()
    await bench.take(make_report(1, "private"), await sent_by(bench, make_report(1, "others"), user=BEN))
    await bench.take(await sent_by(bench, make_report(1, "elsewhere"), OTHER_TEAM))
    await bench.set_team({"default_visibility": "team"})
    await bench.take(make_report(2, "shared"))
    await tell(bench, MemberLeft(team_id=TEAM, user_id=ANNA, at=START))
    assert sorted(await living(bench)) == ["elsewhere", "others", "shared"]
    (told,) = sent(await bench.rows(tables.outbox), "session.deleted")
    gone = SessionDeleted.model_validate_json(told["body"])
    assert (gone.team_id, gone.user_id) == (TEAM, ANNA)


async def test_who_has_come_back_keeps_what_they_did_since(bench):
    await bench.introduce()
    bench.clock.at = after(hours=1)
    await bench.take(make_report(1, "later"))
    await tell(bench, MemberLeft(team_id=TEAM, user_id=ANNA, at=START))
    assert await living(bench) == ["later"]


async def test_a_deleted_teams_sessions_are_deleted_and_told(bench):
    await bench.introduce()
    await bench.set_team({"timezone": "UTC"})
    other = make_report(3, "elsewhere")
    await bench.take(make_report(1), make_report(2, "native-2"), await sent_by(bench, other, OTHER_TEAM))
    await tell(bench, TeamDeleted(team_id=TEAM, at=START))
    assert await living(bench) == ["elsewhere"]
    rows = await bench.rows(tables.outbox)
    gone = [SessionDeleted.model_validate_json(row["body"]) for row in sent(rows, "session.deleted")]
    assert {one.team_id for one in gone} == {TEAM}
    assert len(gone) == 2
    frames = [SessionGone.model_validate_json(row["body"]) for row in sent(rows, "fanout")]
    assert [frame.why for frame in frames] == ["deleted", "deleted"]
    assert [row["team_id"] for row in await bench.rows(tables.agents)] == [OTHER_TEAM]
    assert await bench.rows(tables.ingest_teams) == []


async def test_nothing_of_a_tombstones_content_is_left(bench):
    await bench.take(make_report())
    assert any([await bench.rows(table) for table in tables.CHILDREN])
    await tell(bench, TeamDeleted(team_id=TEAM, at=START))
    assert not any([await bench.rows(table) for table in tables.CHILDREN])
    row = await bench.session()
    said = {name for name, value in row.items() if value not in (None, 0, [], {}, False, -1, LONG_AGO)}
    assert said == {
        "id", "team_id", "user_id", "tool", "native_id", "epoch", "n", "version", "deleted_at", "visibility",
        "status", "reported_status", "provenance", "reported_at", "updated_at", "sort_at",
    }  # fmt: skip
    assert (row["status"], row["provenance"]) == ("ended", "unknown")


async def test_what_is_told_twice_is_done_once(bench):
    await bench.take(make_report())
    await tell(bench, TeamDeleted(team_id=TEAM, at=START))
    before = len(await bench.rows(tables.outbox))
    await tell(bench, TeamDeleted(team_id=TEAM, at=START))
    assert len(await bench.rows(tables.outbox)) == before


async def test_later_reports_for_a_deleted_team_are_let_go(bench):
    await bench.take(make_report())
    await tell(bench, TeamDeleted(team_id=TEAM, at=START))
    elsewhere = await sent_by(bench, make_report(), OTHER_TEAM)
    answers = await bench.take(make_report(2), make_report(3, "native-2"), elsewhere)
    assert answers == [None, None, None]
    assert len(await living(bench)) == 1
    assert bench.metrics.registry.get_sample_value("td_reports_superseded_total") == 2


async def test_a_deleted_persons_sessions_go_in_every_team(bench):
    """Also in a team that they left before; colleagues keep theirs."""
    await bench.take(
        make_report(1),
        await sent_by(bench, make_report(2, "elsewhere"), OTHER_TEAM),
        await sent_by(bench, make_report(3, "bens"), user=BEN),
    )
    user = UserUpdated(user_id=ANNA, username="anna", team_ids=[TEAM], at=START)
    await tell(bench, user, UserDeleted(user_id=ANNA, team_ids=[TEAM], at=START))
    assert await living(bench) == ["bens"]
    assert await bench.rows(tables.session_owners) == []
    await bench.take(make_report(4, "late"))
    await tell(bench, user.model_copy(update={"at": after(seconds=9)}))
    assert await living(bench) == ["bens"]
    assert await bench.rows(tables.session_owners) == []


async def test_settings_of_a_deleted_team_do_not_come_back(bench):
    await tell(
        bench,
        TeamDeleted(team_id=TEAM, at=START),
        TeamUpdated(team_id=TEAM, name="Alpha", settings={}, at=after(seconds=9)),
    )
    await tell(bench, TeamUpdated(team_id=TEAM, name="Alpha", settings={}, at=after(seconds=9)))
    assert await bench.rows(tables.ingest_teams) == []


async def test_more_than_a_hundred_sessions_go(bench):
    await bench.take(*(make_report(n, f"native-{n}") for n in range(1, 131)))
    await tell(bench, TeamDeleted(team_id=TEAM, at=START))
    assert await living(bench) == []
    async with every_row(bench.database) as connection:
        keys = (await connection.execute(select(tables.outbox.c.routing_key))).scalars().all()
    assert keys.count("session.deleted") == 130
