"""A command is done once, or not at all, and the server is told which."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from llm_session_manager.commands.desk import Desk
from llm_session_manager.commands.policy import Policy
from llm_session_manager.transports import Failure
from tests.agent.commands.orders import NOW, UNSIGNED, Agent, Signer, raw
from tests.agent.rig import BROKEN
from tests.support.waiting import eventually

SIGNER = Signer()
GONE = Failure("the dashboard answers 409 withdrawn", answered=True, unfit=True, status=409)


@asynccontextmanager
async def running(agent: Agent) -> AsyncIterator[Desk]:
    desk = await agent.start()
    try:
        yield desk
    finally:
        await agent.kill()


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    return Agent(tmp_path / "spool.db", SIGNER)


async def test_a_command_is_asked_for_done_and_told(agent: Agent) -> None:
    order = SIGNER.order()
    async with running(agent) as desk:
        await desk.hear(raw(order))
        await agent.ends(order)
    assert agent.works.done == [order.id]
    assert agent.server.said(order) == [("started", ""), ("done", "reported")]
    claims = {answer.claim for _, answer in agent.server.answers}
    assert len(claims) == 1
    assert {answer.agent_id for _, answer in agent.server.answers} == {"agent-1"}


async def test_what_comes_twice_is_done_once(agent: Agent) -> None:
    order = SIGNER.order()
    async with running(agent) as desk:
        await asyncio.gather(*(desk.hear(raw(order)) for _ in range(5)))
        await agent.ends(order)
        await desk.hear(raw(order))
    async with running(agent) as desk:
        await desk.hear(raw(order))
        assert agent.works.done == [order.id]
    assert agent.server.said(order) == [("started", ""), ("done", "reported")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": UNSIGNED}, "bad_signature"),
        ({"kind": "close"}, "bad_signature"),
        ({"asked_by": "admin"}, "bad_signature"),
        ({"session_id": "another"}, "bad_signature"),
        ({"id": "another"}, "bad_signature"),
        ({"expires_at": NOW + timedelta(days=1)}, "bad_signature"),
    ],
)
async def test_what_was_changed_on_its_way_is_not_done(
    agent: Agent, changes: dict[str, object], code: str
) -> None:
    order = SIGNER.order().model_copy(update=changes)
    async with running(agent) as desk:
        await desk.hear(raw(order))
    assert (agent.works.done, agent.server.said(order)) == ([], [("failed", code)])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agent_id": "agent-2"}, "other_machine"),
        ({"expires_at": NOW}, "expired"),
        ({"kind": "close"}, "not_taken"),
        ({"asked_by": "admin"}, "not_taken"),
    ],
)
async def test_what_is_not_for_this_machine_now_is_not_done(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    agent = Agent(tmp_path / "spool.db", SIGNER, Policy(("refresh", "export")))
    order = SIGNER.order(**changes)
    async with running(agent) as desk:
        await desk.hear(raw(order))
    assert (agent.works.done, agent.server.said(order)) == ([], [("failed", code)])
    assert {answer.agent_id for _, answer in agent.server.answers} == {"agent-1"}


async def test_another_key_than_the_first_is_not_believed(
    agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(agent):
        pass
    other = Signer()
    agent.welcome = agent.welcome.model_copy(update={"command_key": other.public})
    theirs, ours = other.order(), SIGNER.order()
    with caplog.at_level(logging.ERROR):
        async with running(agent) as desk:
            await desk.hear(raw(theirs))
            await desk.hear(raw(ours))
            await agent.ends(ours)
    assert agent.server.said(theirs) == [("failed", "bad_signature")]
    assert agent.works.done == [ours.id]
    assert "another key" in caplog.text


@pytest.mark.parametrize(
    "said", [b"", b"[]", b"{}", b"\xff", raw(SIGNER.order()).replace(b"refresh", b"reboot"), b"{" * 100_000]
)
async def test_what_is_no_command_is_ignored(agent: Agent, said: bytes) -> None:
    async with running(agent) as desk:
        await desk.hear(said)
    assert (agent.works.done, agent.server.answers) == ([], [])


async def test_what_the_server_takes_back_is_not_done(agent: Agent) -> None:
    agent.server.faults.append(GONE)
    order = SIGNER.order()
    async with running(agent) as desk:
        await desk.hear(raw(order))
    assert (agent.works.done, agent.server.answers) == ([], [])


async def test_a_lost_network_delays_a_command_and_its_answer(agent: Agent) -> None:
    order = SIGNER.order()
    agent.server.faults.extend([BROKEN, BROKEN])
    async with running(agent) as desk:
        agent.works.gate.clear()
        await desk.hear(raw(order))
        agent.server.faults.extend([BROKEN, BROKEN, BROKEN])
        agent.works.gate.set()
        await agent.ends(order)
    assert agent.server.said(order) == [("started", ""), ("done", "reported")]


async def test_a_command_that_fails_says_so_and_the_next_is_done(agent: Agent) -> None:
    first, second = SIGNER.order(), SIGNER.order()
    async with running(agent) as desk:
        agent.works.fault = OSError("no such file")
        await desk.hear(raw(first))
        await agent.ends(first)
        agent.works.fault = None
        await desk.hear(raw(second))
        await agent.ends(second)
    assert agent.server.said(first)[-1] == ("failed", "error")
    assert agent.works.done == [second.id]


async def test_an_answer_the_server_will_never_take_is_let_go(agent: Agent) -> None:
    order = SIGNER.order()
    async with running(agent) as desk:
        agent.works.gate.clear()
        await desk.hear(raw(order))
        agent.server.faults.append(GONE)
        agent.works.gate.set()
        await eventually(lambda: not agent.server.faults)
        assert agent.spool is not None
        await eventually(lambda: agent.spool is not None and not agent.spool.commands.untold())


async def test_an_agent_killed_before_the_effect_says_that_it_was_interrupted(agent: Agent) -> None:
    order = SIGNER.order()
    reached = asyncio.Event()

    async def stand(name: str) -> None:
        assert name == "command.before_effect"
        reached.set()
        await asyncio.Event().wait()

    agent.failpoint = stand
    desk = await agent.start()
    await desk.hear(raw(order))
    await reached.wait()
    await agent.kill()
    async with running(agent) as desk:
        await desk.hear(raw(order))
        await agent.ends(order)
    assert (agent.works.done, agent.server.said(order)[-1]) == ([], ("failed", "interrupted"))
