"""Signals reach the process that was meant, and no other."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from llm_session_manager.commands import grip
from llm_session_manager.commands.grip import GoneError, Grip, RecycledError
from llm_session_manager.processes.matching import Process
from llm_session_manager.processes.witness import start_ticks

HANDLES = Path("/proc/self/fd")
SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
STAYS = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


def known(pid: int) -> Process:
    return Process(pid, 1, psutil.Process(pid).create_time(), start_ticks=start_ticks(pid))


def started(program: str) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    return process


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    with started(SLEEPS) as process:
        yield process
        process.kill()


@pytest.fixture(params=["handle", "no handle"])
def handles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With and without what the system has to hold processes."""
    if request.param == "no handle":
        monkeypatch.setattr(grip, "_open", lambda _pid: None)


@pytest.mark.usefixtures("handles")
def test_a_process_ends_when_asked(sleeper: "subprocess.Popen[bytes]") -> None:
    with Grip(known(sleeper.pid)) as held:
        assert not held.ends_within(0.0)
        held.ask_to_end()
        assert held.ends_within(20.0)
        held.force_to_end()
    assert sleeper.wait(20) == -15


@pytest.mark.usefixtures("handles")
def test_a_stubborn_process_ends_when_forced() -> None:
    with started(STAYS) as process, Grip(known(process.pid)) as held:
        held.ask_to_end()
        assert not held.ends_within(0.1)
        held.force_to_end()
        assert held.ends_within(20.0)
        assert process.wait(20) == -9


@pytest.mark.usefixtures("handles")
def test_a_process_that_started_at_another_time_is_another(sleeper: "subprocess.Popen[bytes]") -> None:
    right = known(sleeper.pid)
    for wrong in (
        replace(right, start_ticks="1"),
        replace(right, start_ticks=None, created=right.created - 60),
    ):
        with pytest.raises(RecycledError):
            Grip(wrong)
    assert sleeper.poll() is None


@pytest.mark.usefixtures("handles")
def test_a_process_that_is_gone_is_said_to_be() -> None:
    with started(SLEEPS) as process:
        known_as = known(process.pid)
        process.kill()
        process.wait(20)
    with pytest.raises(GoneError):
        Grip(known_as)


def test_a_handle_is_given_back(sleeper: "subprocess.Popen[bytes]") -> None:
    before = len(list(HANDLES.iterdir()))
    for _ in range(5):
        Grip(known(sleeper.pid)).close()
        with pytest.raises(RecycledError):
            Grip(replace(known(sleeper.pid), start_ticks="1"))
    assert len(list(HANDLES.iterdir())) == before
