import asyncio
import logging
from collections import deque

import pytest

from llm_session_manager import protocol
from llm_session_manager.config import Limits
from llm_session_manager.pauses import pause
from llm_session_manager.spool.store import Entry
from llm_session_manager.transports import Failure
from tests.agent.rig import BROKEN, QUICK, Rig, Server
from tests.agent.transcripts import event, facts
from tests.support.waiting import eventually


async def test_drain_sends_all_and_ends() -> None:
    rig = Rig(Server())
    rig.write(*(f"s{n}" for n in range(1200)))
    assert await rig.sender.drain() is None
    assert len(rig.server.held.facts) == 1200
    assert rig.spool.waiting() == 0
    assert rig.server.closed == rig.server.hellos == 1


async def test_drain_outlives_failures_and_sends_nothing_twice_that_was_confirmed() -> None:
    server = Server(faults=deque([BROKEN] * 5), hello_faults=deque([BROKEN] * 3))
    rig = Rig(server)
    rig.write("a", "b")
    assert await rig.sender.drain() is None
    assert server.held.reports == 2


async def test_drain_gives_up_at_once_when_the_token_is_refused() -> None:
    rig = Rig(Server(hello_faults=deque([Failure("no", refused=True)])))
    rig.write("a")
    failure = await rig.sender.drain()
    assert failure is not None
    assert failure.refused
    assert rig.server.hellos == 1
    assert rig.spool.waiting() == 1


async def test_drain_gives_up_when_its_patience_ends() -> None:
    rig = Rig(
        Server(hello_faults=deque([Failure("dead")] * 10_000)), Limits(once_patience=0.05, backoff_first=0.01)
    )
    rig.write("a")
    failure = await rig.sender.drain()
    assert failure == Failure("dead")


async def test_drain_says_that_something_could_not_be_sent() -> None:
    server = Server(judge=lambda report: "unfit" if report.session.native_id == "b" else None)
    rig = Rig(server, Limits(once_patience=0.05, backoff_first=0.01, refused_pause=60))
    rig.write("a", "b", "c")
    failure = await rig.sender.drain()
    assert failure is not None
    assert failure.unfit
    assert {name for _, name in server.held.facts} == {"a", "c"}


async def test_a_rejected_report_leaves_and_is_told(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(Server(judge=lambda report: "too_old" if report.session.native_id == "a" else None))
    rig.write("a", "b")
    assert await rig.sender.drain() is None
    assert (rig.sender.sent.confirmed, rig.sender.sent.rejected) == (1, 1)
    assert "claude-code:a: too_old no" in caplog.text


async def test_running_sends_what_comes_and_beats_when_nothing_does() -> None:
    rig = Rig(Server())
    task = asyncio.create_task(rig.sender.run())
    await eventually(lambda: rig.server.beats >= 2)
    rig.write("a")
    await eventually(lambda: rig.server.held.reports == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert rig.server.closed == 1


async def test_it_beats_while_there_is_always_something_to_send() -> None:
    rig = Rig(Server())
    task = asyncio.create_task(rig.sender.run())

    def busy() -> bool:
        rig.write("a")
        return rig.server.beats >= 3

    await eventually(busy)
    assert rig.server.held.reports > 0
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_running_outlives_every_failure(caplog: pytest.LogCaptureFixture) -> None:
    failures = [BROKEN, Failure("gone"), Failure("busy", retry_after=0.0), Failure("no", refused=True)]
    server = Server(faults=deque(failures), hello_faults=deque(failures))
    rig = Rig(server, QUICK)
    rig.write("a")
    await rig.running(lambda: server.held.reports == 1)
    assert "no. Reports wait on disk" in caplog.text
    assert next(r.levelno for r in caplog.records if "Not sent: no" in r.message) == logging.ERROR


async def test_the_same_failure_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(hello_faults=deque([BROKEN] * 20))
    rig = Rig(server)
    rig.write("a")
    await rig.running(lambda: server.held.reports == 1)
    assert caplog.text.count("the wire broke") == 1


async def test_reconnecting_says_hello_again() -> None:
    rig = Rig(Server())
    task = asyncio.create_task(rig.sender.run())
    await eventually(lambda: rig.server.beats >= 1)
    rig.sender.reconnect()
    await eventually(lambda: rig.server.hellos == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert rig.server.closed == 2


async def test_an_unfit_report_is_parked_while_others_go_on() -> None:
    server = Server(judge=lambda report: "unfit" if report.session.native_id == "bad" else None)
    rig = Rig(server)
    rig.write("bad", "good")
    await rig.running(lambda: server.held.reports == 1)
    server.judge = lambda _: None
    await rig.running(lambda: server.held.reports == 2)


@pytest.mark.parametrize(
    ("failure", "attempt", "longest"),
    [
        (Failure("x"), 0, 1.0),
        (Failure("x"), 3, 8.0),
        (Failure("x"), 1000, 60.0),
        (Failure("x", answered=True), 1000, 5.0),
        (Failure("x", refused=True), 0, 60.0),
        (Failure("x", retry_after=9.0), 0, 10.0),
        (Failure("x", retry_after=1e9), 0, 61.0),
    ],
)
def test_pauses_grow_with_full_jitter(failure: Failure, attempt: int, longest: float) -> None:
    assert pause(failure, attempt, Limits(), lambda: 1.0) == longest
    shortest = pause(failure, attempt, Limits(), lambda: 0.0)
    expected = failure.retry_after if failure.retry_after is not None else 30.0 if failure.refused else 0.0
    assert shortest == min(expected, 60.0)


@pytest.mark.parametrize(
    ("most", "tier"), [("counts", "counts"), ("metadata", "metadata"), ("content", "metadata")]
)
async def test_what_the_team_does_not_take_in_stays_here(
    caplog: pytest.LogCaptureFixture, most: protocol.Tier, tier: protocol.Tier
) -> None:
    """At the machine's own tier, `metadata`, or at the team's where that is lower."""
    caplog.set_level(logging.INFO)
    seen: list[protocol.Report] = []
    rig = Rig(Server(most=most, judge=seen.append))
    named = facts("a", tool_calls=3, title="Mend the tax", title_source="tool", branch="tax")
    step = event("e", detail="ls").model_copy(update={"name": "Bash"}).model_dump_json().encode()
    rig.spool.record([Entry(named, [("e", step)])], {})
    assert await rig.sender.drain() is None
    (report,) = seen
    kept = tier == "metadata"
    assert (report.tier, report.session.tool_calls, report.events[0].name) == (tier, 3, "Bash")
    assert (report.session.title, report.session.branch, report.events[0].detail) == (
        ("Mend the tax", "tax", "ls") if kept else (None, None, None)
    )
    assert ("takes in no more than the tier counts" in caplog.text) is not kept
    assert rig.spool.waiting() == 0
