import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from llm_session_manager.loop import Loop
from llm_session_manager.sender import Sender
from llm_session_manager.sources import Problem
from llm_session_manager.spool.faults import SpoolBrokenError
from llm_session_manager.status import Evidence
from tests.agent.rig import BROKEN, HELLO, QUICK, Server
from tests.agent.test_collector import Rig as Reading
from tests.agent.transcripts import append
from tests.agent.transports.doors import config
from tests.support.waiting import eventually

LIVELY = replace(QUICK, status_interval=0.02, folder_interval=0.02, clock_tick=0.01, watch_debounce_ms=100)


class Rig:
    """A whole agent in this process, but for its server."""

    def __init__(self, folder: Path, interval: float = 60.0) -> None:
        self.folder = folder
        self.reading = Reading(folder, Evidence("running"))
        self.server = Server()
        self.config = config("http://localhost", interval=interval, limits=LIVELY)
        self.loop = Loop(self.config, self.reading.collector)
        self.sender = Sender(
            self.config, self.reading.spool, HELLO, self.server, self.server.open, self.loop.reread
        )
        self.stop = asyncio.Event()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.loop.run(self.sender, self.stop))
        try:
            yield
        finally:
            self.stop.set()
            await task

    def events(self) -> list[str]:
        return self.server.held.event_ids()


async def test_a_change_in_a_file_goes_out_by_itself(tmp_path: Path) -> None:
    """The full scan is an hour away: only watching can see this."""
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path, interval=3600)
    async with rig.running():
        await eventually(lambda: rig.events() == ["a"])
        append(tmp_path / "s1.jsonl", "b")
        await eventually(lambda: rig.events() == ["a", "b"])
        append(tmp_path / "s2.jsonl", "c")
        await eventually(lambda: rig.events() == ["a", "b", "c"])


async def test_a_folder_that_comes_later_is_found_and_then_watched(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "later", interval=3600)
    async with rig.running():
        await eventually(lambda: rig.server.beats > 0)
        rig.folder.mkdir()
        append(rig.folder / "s1.jsonl", "a")
        await eventually(lambda: rig.events() == ["a"])
        append(rig.folder / "s1.jsonl", "b")
        await eventually(lambda: rig.events() == ["a", "b"])


async def test_sessions_in_new_folders_are_seen(tmp_path: Path) -> None:
    rig = Rig(tmp_path, interval=3600)
    async with rig.running():
        await eventually(lambda: rig.server.beats > 0)
        for n in range(5):
            folder = tmp_path / "2026" / "11" / f"{n}"
            folder.mkdir(parents=True)
            append(folder / f"s{n}.jsonl", f"e{n}")
        await eventually(lambda: rig.events() == [f"e{n}" for n in range(5)])


async def test_a_status_goes_out_without_a_change_in_a_file(tmp_path: Path) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path, interval=3600)
    async with rig.running():
        await eventually(lambda: rig.events() == ["a"])
        assert rig.server.held.session("s1").status == "waiting"
        rig.reading.witness.says = Evidence("gone")
        await eventually(lambda: rig.server.held.session("s1").status == "ended")


async def test_nothing_written_while_the_server_is_away_is_lost(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.server.hello_faults.extend([BROKEN] * 50)
    async with rig.running():
        for n in range(20):
            append(tmp_path / f"s{n % 3}.jsonl", f"e{n:02}")
        await eventually(lambda: rig.events() == [f"e{n:02}" for n in range(20)])


async def test_a_jump_of_the_clock_connects_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(tmp_path)
    async with rig.running():
        await eventually(lambda: rig.server.beats > 0)
        assert rig.server.hellos == 1
        real = time.time
        monkeypatch.setattr("llm_session_manager.loop.time.time", lambda: real() + 3600)
        await eventually(lambda: rig.server.hellos == 2)


class Faulty:
    """A source that fails as none should."""

    tool = "codex"

    def __init__(self, times: int) -> None:
        self.times = times

    def folders(self) -> list[Path]:
        return []

    def refresh(self, changed: object = None) -> list[object]:
        self.times -= 1
        if self.times >= 0:
            raise RuntimeError("a fault of ours")
        return []

    def cursors(self) -> dict[Path, object]:
        return {}

    def problems(self) -> list[Problem]:
        return []


async def test_an_agent_outlives_a_scan_that_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    append(tmp_path / "s1.jsonl", "a")
    rig = Rig(tmp_path, interval=0.02)
    faulty, plain = Faulty(3), rig.reading.open
    rig.reading.collector._open = lambda cursors: [*plain(cursors), faulty]
    async with rig.running():
        await eventually(lambda: rig.events() == ["a"])
    assert "A scan failed" in caplog.text


async def test_a_spool_that_breaks_ends_the_loop(tmp_path: Path) -> None:
    rig = Rig(tmp_path, interval=0.02)
    rig.reading.connection.execute("DROP TABLE events")
    with pytest.raises(SpoolBrokenError):
        await asyncio.wait_for(rig.loop.run(rig.sender, rig.stop), 10)
