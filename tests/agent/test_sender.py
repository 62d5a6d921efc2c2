import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from llm_session_manager import protocol
from llm_session_manager.config import Limits
from llm_session_manager.sender import Sender, pause
from llm_session_manager.spool import tables
from llm_session_manager.spool.outgoing import Outgoing
from llm_session_manager.spool.store import Entry, Spool
from llm_session_manager.transports import Delivery, Failure, Refusal, Transport
from tests.agent.dashboard import Holding
from tests.agent.transcripts import facts
from tests.agent.transports.doors import WELCOME, config
from tests.support.waiting import eventually

HELLO = protocol.Hello(machine_id="m", hostname="h", os="o", version="1")
QUICK = Limits(
    backoff_first=0.001, backoff_cap=0.002, backoff_cap_answering=0.002, refused_pause=0.01, send_gap=0.0,
    heartbeat=0.02, sleep_reconnect=0.0, lag_grace=0.01, once_patience=5.0,
)  # fmt: skip
BROKEN = Failure("the wire broke", answered=True)


@dataclass
class Server:
    """Says hello and takes reports in this process; `faults` are given first, one a call."""

    held: Holding = field(default_factory=Holding)
    faults: deque[Failure] = field(default_factory=deque)
    hello_faults: deque[Failure] = field(default_factory=deque)
    judge: Callable[[protocol.Report], str | None] = lambda _: None
    known: list[protocol.Position | None] | None = None
    hellos: int = 0
    beats: int = 0
    closed: int = 0

    async def hello(self, hello: protocol.Hello) -> protocol.Welcome | Failure:
        assert hello == HELLO
        self.hellos += 1
        if self.hello_faults:
            return self.hello_faults.popleft()
        at = self.held.position
        known = protocol.Position(epoch=at[0], n=at[1]) if at else None
        if self.known:
            known = self.known.pop(0)
        return WELCOME.model_copy(update={"last_report": known})

    async def open(self, welcome: protocol.Welcome) -> Transport | Failure:
        assert welcome.agent_id == "agent-1"
        return self

    async def send(self, reports: Sequence[Outgoing]) -> Delivery:
        confirmed, rejected, unfit = [], [], []
        for one in reports:
            if self.faults:
                return Delivery(confirmed, rejected, unfit, self.faults.popleft())
            report = protocol.Report.model_validate_json(one.body)
            code = self.judge(report)
            if code == "unfit":
                unfit.append(Refusal(one, "not_sent", "too odd"))
            elif code:
                rejected.append(Refusal(one, code, "no"))
            else:
                self.held.take(report)
                confirmed.append(one)
        return Delivery(confirmed, rejected, unfit)

    async def heartbeat(self) -> Failure | None:
        self.beats += 1
        return self.faults.popleft() if self.faults else None

    async def close(self) -> None:
        self.closed += 1


class Rig:
    """A sender with its spool; `truth` is what a re-reading of all files would find."""

    def __init__(self, server: Server, limits: Limits = QUICK, **options: object) -> None:
        self.server = server
        self.spool = Spool(tables.open_memory(), **options)
        self.truth: dict[str, Entry] = {}
        self.rereads = 0
        self.sender = Sender(
            config("http://localhost", limits=limits), self.spool, HELLO, server, server.open, self.reread
        )

    async def reread(self) -> None:
        self.rereads += 1
        self.spool.record(self.truth.values(), {})

    def write(self, *names: str, calls: int = 0) -> None:
        for name in names:
            self.truth[name] = Entry(facts(name, tool_calls=calls))
        self.spool.record([self.truth[name] for name in names], {})
        self.sender.wake()

    async def running(self, until: Callable[[], bool]) -> None:
        task = asyncio.create_task(self.sender.run())
        try:
            await eventually(lambda: until() or task.done())
            assert not task.done()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


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


async def test_a_server_that_lost_everything_is_sent_everything() -> None:
    rig = Rig(Server())
    rig.write("a", "b")
    assert await rig.sender.drain() is None
    rig.server.held = Holding()
    assert await rig.sender.drain() is None
    assert rig.rereads == 1
    assert len(rig.server.held.facts) == 2
    rig.server.held = Holding()
    assert await rig.sender.drain() is None
    assert len(rig.server.held.facts) == 2


async def test_a_server_restored_from_a_backup_is_sent_everything() -> None:
    rig = Rig(Server())
    rig.write("a")
    assert await rig.sender.drain() is None
    at = rig.spool.confirmed()
    rig.write("b")
    assert await rig.sender.drain() is None
    rig.server.known = [at]
    assert await rig.sender.drain() is None
    assert rig.rereads == 1
    assert rig.server.held.reports == 4


async def lagging() -> tuple[Rig, list[protocol.Position]]:
    """A rig whose server confirmed four reports, and where it stood after each."""
    rig = Rig(Server())
    stood = []
    for name in "abcd":
        rig.write(name)
        assert await rig.sender.drain() is None
        at = rig.spool.confirmed()
        assert at is not None
        stood.append(at)
    rig.server.hellos = 0
    return rig, stood


async def test_a_server_that_comes_nearer_is_given_time() -> None:
    rig, (first, second, third, _) = await lagging()
    rig.server.known = [first, second, third]
    await rig.running(lambda: rig.server.hellos == 4 and rig.server.beats > 0)
    assert rig.rereads == 0
    assert rig.server.held.reports == 4


async def test_a_server_that_stands_still_below_what_it_confirmed_is_sent_all() -> None:
    rig, (first, second, _, _) = await lagging()
    rig.server.known = [first, second, second]
    await rig.running(lambda: rig.server.held.reports == 8)
    assert rig.rereads == 1


async def test_connecting_often_is_no_reason_to_send_all() -> None:
    rig, (first, *_) = await lagging()
    rig.sender.config = config("http://localhost", limits=replace(QUICK, lag_grace=60))
    rig.server.known = [first] * 5
    rig.server.faults.extend([BROKEN] * 4)
    await rig.running(lambda: rig.server.hellos == 5 and rig.server.beats > 4)
    assert rig.rereads == 0


async def test_a_server_that_counts_nothing_is_not_sent_everything_for_ever() -> None:
    rig = Rig(Server())
    rig.write("a")
    assert await rig.sender.drain() is None
    stuck = protocol.Position(epoch=1, n=1)
    for _ in range(4):
        rig.server.known = [stuck]
        assert await rig.sender.drain() is None
    assert rig.rereads == 1


async def test_an_old_copy_of_a_spool_begins_a_new_epoch() -> None:
    rig = Rig(Server())
    rig.server.held.position = (rig.spool.epoch + 50, 7)
    rig.write("a")
    assert await rig.sender.drain() is None
    assert rig.spool.epoch == rig.server.held.facts["claude-code", "a"][0][0]
    assert rig.server.held.facts["claude-code", "a"][0] > (rig.spool.epoch - 1, 0)


async def test_a_conflict_begins_a_new_epoch_and_sends_all() -> None:
    rig = Rig(Server())
    rig.write("a")
    assert await rig.sender.drain() is None
    before = rig.spool.epoch
    rig.server.faults.append(Failure("conflict", answered=True, conflict=True))
    rig.write("b")
    assert await rig.sender.drain() is None
    assert rig.spool.epoch > before
    assert {at[0] for at, _ in rig.server.held.facts.values()} == {rig.spool.epoch}


async def test_an_epoch_from_a_wrong_clock_is_left_behind() -> None:
    now = [2_000_000_000.0]
    server = Server(judge=lambda report: "epoch_in_future" if report.epoch > 1_900_000_000 else None)
    rig = Rig(server, now=lambda: now[0])
    rig.write("a")
    now[0] = 1_800_000_000.0
    assert await rig.sender.drain() is None
    assert server.held.session("a")
    assert rig.sender.sent.rejected == 0


async def test_another_owner_gets_everything_of_their_own() -> None:
    rig = Rig(Server())
    rig.spool.use_owner("somebody else")
    rig.write("a")
    assert await rig.sender.drain() is None
    assert rig.rereads == 1
    assert rig.server.held.reports == 1


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
