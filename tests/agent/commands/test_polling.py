"""Commands are fetched by a request that waits."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from llm_session_manager.commands.polling import Polling
from llm_session_manager.transports import Failure
from tests.agent.rig import BROKEN, QUICK
from tests.agent.transports.doors import WELCOME
from tests.support.waiting import eventually

LIMITS = replace(QUICK, command_pause=0.0)


@dataclass
class Server:
    """Gives what it is told to, then keeps whoever asks waiting."""

    gives: deque[Sequence[bytes] | Failure] = field(default_factory=deque)
    asked: list[tuple[str, float]] = field(default_factory=list)

    async def commands(self, agent_id: str, wait: float) -> Sequence[bytes] | Failure:
        self.asked.append((agent_id, wait))
        if self.gives:
            return self.gives.popleft()
        await asyncio.Event().wait()
        raise AssertionError


class Rig:
    def __init__(self, wait: float, *gives: Sequence[bytes] | Failure) -> None:
        self.server = Server(deque(gives))
        self.heard: list[bytes] = []
        self.polling = Polling(self.server, self._hear, LIMITS, wait=wait)

    async def _hear(self, raw: bytes) -> None:
        self.heard.append(raw)

    async def until(self, asked: int) -> None:
        task = asyncio.create_task(self.polling.run())
        await eventually(lambda: len(self.server.asked) == asked)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_asks_for_ever_and_after_every_failure() -> None:
    rig = Rig(25, [b"1", b"2"], BROKEN, BROKEN, [], [b"3"])
    rig.polling.introduce(WELCOME)
    await rig.until(6)
    assert rig.heard == [b"1", b"2", b"3"]
    assert set(rig.server.asked) == {("agent-1", 25)}


async def test_without_a_wait_it_asks_once_for_each_introduction() -> None:
    rig = Rig(0, BROKEN, [b"1"], [b"2"])
    rig.polling.introduce(WELCOME)
    task = asyncio.create_task(rig.polling.run())
    await eventually(lambda: rig.heard == [b"1"])
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(rig.server.asked) == 2
    rig.polling.introduce(WELCOME)
    await eventually(lambda: rig.heard == [b"1", b"2"])
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nobody_is_asked_before_the_introduction() -> None:
    rig = Rig(25)
    task = asyncio.create_task(rig.polling.run())
    for _ in range(20):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert rig.server.asked == []
