"""A refreshed session is read and told again, changed or not."""

import asyncio
from pathlib import Path

from tests.agent.commands.machines import Machine
from tests.support.waiting import eventually


async def refresh(machine: Machine, native_id: str) -> tuple[bool, str]:
    outcome = await machine.refreshing(*machine.order(native_id, "refresh"))
    return outcome.done, outcome.code


async def test_an_unchanged_session_is_told_again(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    session, other = machine.session(), machine.session()
    await machine.loop.scan()
    assert set(machine.told()) == {session.id, other.id}
    refreshing = asyncio.create_task(refresh(machine, session.id))
    told: dict[str, tuple[str, str | None]] = {}
    await eventually(lambda: bool(told.update(machine.told()) or told))
    assert (await refreshing, set(told)) == ((True, "reported"), {session.id})


async def test_what_is_new_in_it_is_read(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    session = machine.session()
    await machine.loop.scan()
    machine.told()
    session.prompt("one more")
    assert await refresh(machine, session.id) == (True, "read")
    assert machine.told()[session.id][0] == "active"


async def test_without_a_server_the_report_waits(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    session = machine.session()
    await machine.loop.scan()
    assert await refresh(machine, session.id) == (True, "read")


async def test_an_unknown_session_is_not_refreshed(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    await machine.loop.scan()
    assert await refresh(machine, "of-another-machine") == (False, "unknown_session")
