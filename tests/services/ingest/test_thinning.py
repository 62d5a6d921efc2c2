"""Of what has ended long enough, figures stay and details go, and everybody who has a copy is told."""

import pytest

from llm_session_manager.protocol import Commit, FileChange, PullRequest
from services.contracts.sessions import SessionStates
from services.ingest import tables
from services.ingest.thinning import AT_ONCE, Thinning
from tests.support.builders import after, make_event, make_report

DAYS = 30
KEPT = {"retention": {"details_days": DAYS}}
OLD = after(days=-DAYS, seconds=-1)


@pytest.fixture
def thinning(bench):
    return Thinning(bench.database, bench.outbox, bench.settings, bench.clock, bench.metrics)


def report(n, name, at, status="ended"):
    lists = {
        "files": (FileChange(path="a.py", change="updated", edits=1, added=1, removed=0, last_at=at),),
        "commits": (Commit(sha="1a2b3c4", branch="main", subject="Mend it", at=at),),
        "pull_requests": (PullRequest(number=1, url="https://git.example/1", repository="a/b", at=at),),
    }
    times = {"started_at": at, "last_activity_at": at, "ended_at": at if status == "ended" else None}
    return make_report(n, name, events=[make_event(at=at)], status=status, **times, **lists)


async def detailed(bench):
    """The sessions that anything is told of beyond their figures, by native id."""
    names = {row["id"]: row["native_id"] for row in await bench.rows(tables.sessions)}
    found = [{names[row["session_id"]] for row in await bench.rows(table)} for table in tables.DETAILS]
    assert all(each == found[0] for each in found)
    return found[0]


async def test_details_of_what_is_due_go_and_its_figures_stay(bench, thinning):
    await bench.set_team(KEPT)
    await bench.take(
        report(1, "old", OLD),
        report(2, "young", after(days=-DAYS, seconds=1)),
        report(3, "idle", OLD, "idle"),
    )
    before = {row["native_id"]: row for row in await bench.rows(tables.sessions)}
    await thinning.step()
    assert await detailed(bench) == {"young", "idle"}
    now = {row["native_id"]: row for row in await bench.rows(tables.sessions)}
    changed = {name for name in now["old"] if now["old"][name] != before["old"][name]}
    assert changed == {"version", "pull_requests"}
    assert now["young"] == before["young"]
    told = [row["body"] for row in await bench.rows(tables.outbox) if row["routing_key"] == "session.state"]
    ((state,),) = [SessionStates.model_validate_json(body).states for body in told]
    assert (state.session.native_id, state.session.version, state.session.commits) == ("old", 2, 1)
    assert not (*state.files, *state.commits, *state.pull_requests)
    assert state.usage
    await thinning.step()
    assert bench.metrics.registry.get_sample_value("td_retired_total", {"kind": "details"}) == 1


async def test_what_is_reported_anew_goes_anew_unless_it_lives_again(bench, thinning):
    await bench.set_team(KEPT)
    await bench.take(report(1, "old", OLD))
    await thinning.step()
    await bench.take(report(2, "old", OLD))
    assert await detailed(bench) == {"old"}
    await thinning.step()
    assert await detailed(bench) == set()
    await bench.take(report(3, "old", bench.clock.now(), "active"))
    await thinning.step()
    assert await detailed(bench) == {"old"}


@pytest.mark.parametrize("settings", [{}, {"retention": {}}, {"retention": {"details_days": None}}])
async def test_teams_that_do_not_say_keep_them_with_their_sessions(bench, thinning, settings):
    await bench.set_team(settings)
    await bench.take(report(1, "old", after(days=-4_000)))
    await thinning.step()
    assert await detailed(bench) == {"old"}


async def test_many_go_in_steps(bench, thinning):
    await bench.set_team(KEPT)
    await bench.take(*(report(n, f"old {n}", OLD) for n in range(1, AT_ONCE + 6)))
    await thinning.step()
    assert await detailed(bench) == set()
