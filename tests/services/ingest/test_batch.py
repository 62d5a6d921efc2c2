"""Reports become rows: absolute facts, the newest wins, nothing counts twice."""

from uuid import UUID

import pytest

from llm_session_manager.protocol import Commit, FileChange, Memory
from services.ingest import tables
from services.ingest.domain.identity import session_id
from services.runtime.auth.agents import agent_id
from tests.support.builders import (
    AGENT,
    ANNA,
    BEN,
    EPOCH,
    OTHER_TEAM,
    START,
    TEAM,
    after,
    make_event,
    make_report,
    make_usage,
    message,
)

KEY = session_id(TEAM, ANNA, "claude-code", "native-1")


def file(path: str, **changes) -> FileChange:
    known = {"path": path, "change": "updated", "edits": 1, "added": 1, "removed": 0, "last_at": START}
    return FileChange(**known | changes)


def commit(sha: str) -> Commit:
    return Commit(sha=sha, branch="main", subject="Say hello", at=START)


def memory(name: str) -> Memory:
    return Memory(name=name, scope="project", bytes=10, lines=1, modified_at=START)


async def test_a_report_becomes_a_session(bench):
    assert await bench.take(make_report()) == [None]
    row = await bench.session()
    assert row["id"] == KEY
    assert (row["team_id"], row["user_id"], row["agent_id"]) == (TEAM, ANNA, AGENT)
    assert (row["visibility"], row["status"], row["version"]) == ("private", "active", 1)
    assert (row["input_tokens"], row["output_tokens"], row["total_tokens"]) == (1000, 200, 1200)
    assert row["cost_pico"] == 1000 * 3_000_000 + 200 * 15_000_000
    assert (row["health_score"], row["health_grade"]) == (95.6, "good")
    (usage,) = await bench.rows(tables.session_usage)
    assert (usage["at"], usage["input"], usage["cost_pico"]) == (START, 1000, row["cost_pico"])
    (sample,) = await bench.rows(tables.session_samples)
    assert (sample["at"], sample["health_score"], sample["context_used"]) == (START, 95.6, 1000)


@pytest.mark.parametrize("together", [True, False])
async def test_the_newest_report_wins_however_they_come(bench, together):
    newer, older = make_report(2, title="new"), make_report(1, title="old")
    if together:
        await bench.take(newer, older)
    else:
        await bench.take(newer)
        await bench.take(older)
    row = await bench.session()
    assert (row["title"], row["n"], row["version"]) == ("new", 2, 1)
    assert bench.metrics.registry.get_sample_value("td_reports_stored_total") == 1
    assert bench.metrics.registry.get_sample_value("td_reports_superseded_total") == 1


async def test_a_later_epoch_is_newer_whatever_its_number(bench):
    await bench.take(make_report(900, title="old"))
    await bench.take(make_report(1, epoch=EPOCH + 1, title="new"))
    await bench.take(make_report(901, title="old again"))
    assert (await bench.session())["title"] == "new"


async def test_a_report_twice_changes_no_row_and_is_told_again(bench):
    await bench.take(make_report())
    before = [await bench.rows(table) for table in tables.metadata.sorted_tables]
    bench.forget()
    await bench.take(make_report())
    assert [await bench.rows(table) for table in tables.metadata.sorted_tables] == before
    (state,) = bench.states()
    assert (state.session.id, state.session.version) == (KEY, 1)
    ((_, changed),) = bench.told()
    assert (changed.created, changed.ended) == (False, False)


async def test_complete_lists_are_replaced(bench):
    first = make_report(
        1,
        usage=(make_usage(), make_usage(model="gpt-5", input=7)),
        files=(file("a.py"), file("b.py")),
        commits=(commit("1"), commit("2")),
        memories=(memory("CLAUDE.md"),),
    )
    second = make_report(
        2,
        usage=(make_usage(input=2000), make_usage(at=after(minutes=15))),
        files=(file("b.py", edits=2), file("c.py")),
        commits=(commit("2"),),
    )
    bench.clock.advance(hours=1)
    await bench.take(first)
    await bench.take(second)
    usage = await bench.rows(tables.session_usage)
    assert [(row["at"], row["model"], row["input"]) for row in usage] == [
        (START, "claude-sonnet-4-5", 2000),
        (after(minutes=15), "claude-sonnet-4-5", 1000),
    ]
    assert [(row["path"], row["edits"]) for row in await bench.rows(tables.session_files)] == [
        ("b.py", 2),
        ("c.py", 1),
    ]
    assert [row["sha"] for row in await bench.rows(tables.session_commits)] == ["2"]
    assert await bench.rows(tables.session_memories) == []
    row = await bench.session()
    assert (row["commit_count"], row["input_tokens"]) == (1, 3000)


async def test_of_a_key_named_twice_in_a_list_one_stays(bench):
    assert await bench.take(make_report(files=(file("a.py"), file("a.py", edits=3)))) == [None]
    assert [row["edits"] for row in await bench.rows(tables.session_files)] == [3]


async def test_events_add_up_and_the_newest_report_of_one_wins(bench):
    await bench.take(make_report(1, events=[make_event("a"), make_event("b", outcome="ok")]))
    await bench.take(make_report(3, events=[make_event("b", outcome="failed"), make_event("c")]))
    await bench.take(make_report(2, events=[make_event("b", outcome="refused"), make_event("d")]))
    rows = await bench.rows(tables.session_events)
    assert [(row["event_id"], row["n"], row["body"].get("outcome")) for row in rows] == [
        ("a", 1, None),
        ("b", 3, "failed"),
        ("c", 3, None),
        ("d", 2, None),
    ]


async def test_a_state_tells_each_event_of_its_batch_once(bench):
    reports = [make_report(n, events=[make_event("a", detail=str(n)), make_event(f"x{n}")]) for n in (2, 1)]
    await bench.take(*reports)
    (state,) = bench.states()
    assert sorted((event.id, event.detail) for event in state.events) == [
        ("a", "2"), ("x1", None), ("x2", None),
    ]  # fmt: skip


async def test_samples_do_not_depend_on_the_order_of_reports(bench):
    reports = [
        make_report(n, last_activity_at=after(minutes=n * 8), context_used=n * 50_000) for n in (1, 2, 3)
    ]
    bench.clock.advance(hours=1)
    await bench.take(reports[2])
    await bench.take(reports[0], reports[1])
    rows = await bench.rows(tables.session_samples)
    assert [(row["at"], row["n"], row["context_used"]) for row in rows] == [
        (START, 1, 50_000),
        (after(minutes=15), 3, 150_000),
    ]


async def test_a_clock_that_is_ahead_puts_nothing_above_the_present(bench):
    await bench.take(make_report(last_activity_at=after(days=365)))
    assert (await bench.session())["sort_at"] == START
    assert await bench.rows(tables.session_samples) == []


async def test_begun_and_ended_are_told_once(bench):
    await bench.take(make_report(1))
    await bench.take(make_report(2, status="ended", ended_at=START))
    await bench.take(make_report(3, status="ended", ended_at=START))
    await bench.take(make_report(4))
    assert [(one.created, one.ended) for _, one in bench.told()] == [
        (True, False),
        (False, True),
        (False, False),
        (False, False),
    ]


async def test_the_team_decides_who_sees_new_sessions(bench):
    await bench.set_team({"default_visibility": "team"})
    await bench.take(make_report(1))
    row = await bench.session()
    assert (row["visibility"], row["shared_at"]) == ("team", bench.clock.now())
    await bench.set_team({"default_visibility": "private"})
    await bench.take(make_report(2))
    assert (await bench.session())["visibility"] == "team"
    assert [channel for channel, _ in bench.told()] == [f"team:{TEAM}"] * 2


async def test_a_private_session_is_told_to_its_owner_alone(bench):
    await bench.take(make_report())
    assert [channel for channel, _ in bench.told()] == [f"user:{TEAM}:{ANNA}"]


async def test_thresholds_and_weights_are_the_teams(bench):
    await bench.set_team(
        {
            "health_thresholds": {"warning": 99, "critical": 97},
            "health_weights": {"tool_failures": 0, "no": 5},
        }
    )
    await bench.take(make_report(context_used=120_000))
    row = await bench.session()
    assert (row["health_score"], row["health_grade"]) == (96.4, "critical")


async def test_a_script_has_no_agent(bench):
    assert await bench.take(message(make_report(), agent="script")) == [None]
    assert (await bench.session())["agent_id"] is None


async def test_a_parent_is_known_by_the_same_rule(bench):
    await bench.take(make_report(1, "child", parent_native_id="native-1"))
    assert (await bench.session())["parent_id"] == KEY


async def test_what_is_not_known_is_null(bench):
    unknown = dict.fromkeys(
        ("tool_calls", "errors", "refusals", "user_messages", "files_changed", "context_used"), None
    )
    await bench.take(make_report(**unknown, provenance="unknown", usage=()))
    row = await bench.session()
    names = ("commit_count", "files_changed", "input_tokens", "total_tokens", "cost_pico", "errors")
    assert {row[name] for name in names} == {None}


async def test_a_sum_of_tokens_alone_has_no_kinds_and_no_cost(bench):
    await bench.take(make_report(total_tokens=12, usage=()))
    row = await bench.session()
    assert (row["total_tokens"], row["input_tokens"], row["cost_pico"]) == (12, None, None)


async def test_absurd_figures_harm_nobody(bench):
    most = make_usage(model="gpt-5.5-pro", input=10**15, output=10**15, cache_read=10**15)
    assert await bench.take(make_report(usage=(most,)), make_report(1, "native-2")) == [None, None]
    first, second = sorted(await bench.rows(tables.sessions), key=lambda row: row["native_id"])
    assert (first["cost_pico"], first["unpriced_models"]) == (None, ["gpt-5.5-pro"])
    assert first["total_tokens"] == 3 * 10**15
    assert second["cost_pico"] is not None


async def test_many_sessions_of_many_people_in_one_batch(bench):
    bens = agent_id(TEAM, BEN, "m")
    others = agent_id(OTHER_TEAM, UUID(int=5), "m")
    await bench.introduce(bens, TEAM, BEN)
    await bench.introduce(others, OTHER_TEAM, UUID(int=5))
    batch = [message(make_report(n, f"native-{n}")) for n in range(1, 41)]
    batch += [message(make_report(n, f"native-{n}"), user=BEN, agent=bens) for n in range(1, 21)]
    batch += [message(make_report(1), team=OTHER_TEAM, user=UUID(int=5), agent=others)]
    assert set(await bench.take(*batch)) == {None}
    assert len(await bench.rows(tables.sessions)) == 61
    assert {state.session.team_id for state in bench.states()} == {TEAM, OTHER_TEAM}
    assert len(bench.bus.got) == 2
