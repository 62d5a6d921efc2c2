"""A sender, its spool and a server that does as it is told."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from llm_session_manager import protocol
from llm_session_manager.config import Limits
from llm_session_manager.sender import Sender
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
    most: protocol.Tier = "content"
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
        return WELCOME.model_copy(update={"last_report": known, "most": self.most})

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
