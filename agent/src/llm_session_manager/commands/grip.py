"""A process held fast, so that nothing meant for it reaches another one that has its number by now."""

import contextlib
import os
import select
import signal
import sys
import time
from types import TracebackType
from typing import Self

import psutil

from llm_session_manager.processes.matching import Process
from llm_session_manager.processes.witness import start_ticks

SAME_SECONDS = 0.5
LOOK_SECONDS = 0.05


class GoneError(Exception):
    """There is no process of this number."""


class RecycledError(Exception):
    """Another process has this number now."""


class Grip:
    """Holds one process from its making on; blocking.

    Where the system has handles of processes, a signal cannot reach another one; elsewhere the start time is
    compared right before each. Raises GoneError and RecycledError when made; PermissionError by `send`.
    """

    def __init__(self, process: Process) -> None:
        self._pid = process.pid
        self._handle = _open(process.pid)
        try:
            self._process = _same(process)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def ask_to_end(self) -> None:
        """SIGTERM; where there are no signals, the process ends at once."""
        self._send(signal.SIGTERM)

    def force_to_end(self) -> None:
        """SIGKILL; where there are no signals, the same as before."""
        self._send(getattr(signal, "SIGKILL", signal.SIGTERM))

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended by then; one that only waits for its parent to look has."""
        if self._handle is not None:
            waiting = select.poll()
            waiting.register(self._handle, select.POLLIN)
            return bool(waiting.poll(seconds * 1000))
        end = time.monotonic() + seconds
        while self._lives():
            if time.monotonic() >= end:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def _send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if sys.platform == "linux" and self._handle is not None:
                signal.pidfd_send_signal(self._handle, number)
            else:
                self._process.send_signal(number)

    def _lives(self) -> bool:
        try:
            return bool(self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False


def _open(pid: int) -> int | None:
    if sys.platform == "linux":
        try:
            return os.pidfd_open(pid)
        except ProcessLookupError:
            raise GoneError from None
        except OSError:  # a kernel, or a sandbox, without such handles
            return None
    return None


def _same(process: Process) -> psutil.Process:
    try:
        found = psutil.Process(process.pid)
        created = found.create_time()
    except psutil.NoSuchProcess:
        raise GoneError from None
    ticks = start_ticks(process.pid)
    known = process.start_ticks is not None and ticks is not None
    same = ticks == process.start_ticks if known else abs(created - process.created) < SAME_SECONDS
    if not same:
        raise RecycledError
    return found
