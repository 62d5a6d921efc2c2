"""Check, store, publish, and only then let the bus acknowledge."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.contracts.people import TeamUpdated, UserUpdated
from services.ingest import tables
from services.runtime.bus import Message, NotConfirmed, Transient
from services.runtime.telemetry import HEADER
from tests.support.builders import (
    ANNA,
    START,
    TEAM,
    after,
    make_report,
    message,
)


async def test_neighbours_of_a_bad_message_go_on(bench):
    answers = await bench.take(make_report(1), b"{", make_report(2, "native-2"), Message("report.x", b"{}"))
    assert [answer and answer.code for answer in answers] == [None, "invalid", None, "bad_routing_key"]
    assert len(await bench.rows(tables.sessions)) == 2
    sample = bench.metrics.registry.get_sample_value
    assert sample("td_reports_received_total") == 4
    assert sample("td_reports_rejected_total", {"code": "invalid"}) == 1


async def test_nothing_but_bad_messages_tells_nothing(bench):
    assert [answer.code for answer in await bench.take(b"", b"[]")] == ["invalid", "invalid"]
    assert bench.failpoints == bench.bus.got == []


async def test_everything_is_stored_before_it_is_told_and_told_before_it_is_done(bench):
    bench.crash_at = "ingest.after_commit"
    with pytest.raises(RuntimeError):
        await bench.take(make_report())
    assert len(await bench.rows(tables.sessions)) == 1
    assert bench.bus.got == []
    bench.crash_at = "ingest.after_publish"
    with pytest.raises(RuntimeError):
        await bench.take(make_report())
    assert (len(bench.bus.got), len(bench.fanout.got)) == (1, 0)
    bench.crash_at = None
    await bench.take(make_report())
    assert (len(bench.bus.got), len(bench.fanout.got)) == (2, 1)


async def test_the_correlation_id_goes_on(bench):
    await bench.take(message(make_report(), headers={HEADER: "one-of-anna"}))
    _, _, _, headers = bench.bus.got[0]
    assert headers == {HEADER: "one-of-anna"}


async def test_an_unplain_correlation_id_is_replaced(bench):
    await bench.take(message(make_report(), headers={HEADER: "x\ny"}))
    assert bench.bus.got[0][3][HEADER].isalnum()


async def test_what_the_bus_does_not_confirm_is_tried_again(bench):
    bench.bus.failures = [NotConfirmed("full")]
    with pytest.raises(Transient):
        await bench.take(make_report())
    assert await bench.take(make_report()) == [None]
    assert len(bench.bus.got) == 1


async def test_a_database_that_is_away_is_waited_for(bench, monkeypatch):
    async def store(*_):
        raise PoolTimeout("no connection")

    monkeypatch.setattr(bench.consumer._writer, "store", store)
    with pytest.raises(Transient):
        await bench.take(make_report())


async def test_a_fan_out_that_is_away_leaves_it_to_the_outbox(bench):
    bench.fanout.failures = [ConnectionError("away")]
    assert await bench.take(make_report(1), make_report(2, "native-2")) == [None, None]
    waiting = await bench.rows(tables.outbox)
    assert [(row["kind"], row["target"]) for row in waiting] == [("fanout", f"user:{TEAM}:{ANNA}")] * 2
    assert bench.fanout.got == []
    # What comes later need not wait for it: versions tell browsers which state is newer.
    await bench.take(make_report(3))
    assert len(bench.fanout.got) == 1


async def told(bench, *messages):
    bodies = [Message(one.kind, one.model_dump_json().encode()) for one in messages]
    return await bench.people.handle(bodies)


async def test_names_and_settings_are_kept_as_the_newest_message_tells(bench):
    def user(name, at):
        return UserUpdated(user_id=ANNA, username=name, team_ids=[TEAM], at=at)

    def team(zone, at):
        return TeamUpdated(team_id=TEAM, name="Alpha", settings={"timezone": zone}, at=at)

    await told(bench, user("anna", after(seconds=1)), team("Europe/Oslo", after(seconds=1)))
    await told(bench, user("old", START), team("UTC", START))
    (owner,) = await bench.rows(tables.session_owners)
    (settings,) = await bench.rows(tables.ingest_teams)
    assert (owner["username"], settings["settings"]) == ("anna", {"timezone": "Europe/Oslo"})


async def test_one_bad_message_about_people_harms_no_other(bench):
    good = TeamUpdated(team_id=TEAM, name="B", settings={}, at=START)
    batch = [Message("team.updated", b"no"), Message("team.updated", good.model_dump_json().encode())]
    answers = await bench.people.handle(batch)
    assert [answer and answer.code for answer in answers] == ["invalid", None]
    assert len(await bench.rows(tables.ingest_teams)) == 1


async def test_what_is_told_of_people_beyond_names_is_not_for_ingest(bench):
    assert await bench.people.handle([Message("member.promoted", b'{"v": 1}')]) == [None]
