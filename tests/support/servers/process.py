"""A private server: one process, its data in a temporary folder, ended with the test run at the latest."""

import atexit
import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psutil

from tests.support.servers import guard as guard_script


class StartError(Exception):
    """A server did not come up; the text ends with the end of its log."""


class Guard:
    """The pipe to the process that cleans up after a crash of the test run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard_script.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
        atexit.register(self.close)

    def tell(self, verb: str, value: object) -> None:
        pipe: IO[str] | None = self._process.stdin
        assert pipe is not None
        pipe.write(f"{verb} {value}\n")
        pipe.flush()

    def close(self) -> None:
        self._process.communicate()


@functools.cache
def guard() -> Guard:
    return Guard()


def temporary_folder(name: str) -> Path:
    """Make a folder which is deleted when the test run ends, also after a crash."""
    folder = Path(tempfile.mkdtemp(prefix=f"dashboard-{name}-"))
    guard().tell("folder", folder)
    return folder


class Server:
    """Base of the private servers. All methods block; a coroutine calls them through `asyncio.to_thread`.

    Attributes: `name`, `folder` (data, configuration, log), `user` (the account to run as; None for our own).
    """

    user: str | None = None
    start_seconds = 60.0
    stop_seconds = 20.0

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self.name = name
        self.folder = folder or temporary_folder(name)
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return dict(os.environ)

    def prepare(self) -> None:
        """Write what must be there before every start."""

    def ready(self) -> bool:
        """Tell whether the server answers. Called repeatedly while it starts."""
        raise NotImplementedError

    @property
    def log_path(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def log(self) -> str:
        """All that the server has printed so far, over all its starts."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was never started"
        return self.process.pid

    def start(self) -> None:
        """Start and wait until the server answers. Raises StartError when it ends first or takes too long."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start without waiting for an answer."""
        assert not self.running, f"{self.name} runs already"
        self.prepare()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
            )
        guard().tell("group", self.process.pid)

    def wait_ready(self) -> None:
        def settled() -> bool:
            if not self.running:
                raise StartError(f"{self.name} ended while starting:\n{self.log[-4000:]}")
            return self.ready()

        if not wait_until(settled, self.start_seconds):
            self.kill()
            raise StartError(f"{self.name} was not ready in {self.start_seconds:.0f} s:\n{self.log[-4000:]}")

    def stop(self) -> None:
        """End politely (SIGTERM), by force after `stop_seconds`. Does nothing when it does not run."""
        if self.process is None or not self.running:
            return
        self.process.terminate()
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            guard().tell("forget", self.pid)

    def kill(self) -> None:
        """End at once, children too, as when the power fails (SIGKILL). Does nothing when it does not run."""
        if self.process is None or not self.running:
            return
        family = [psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)]
        for member in family:
            try:
                member.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue
        self.process.wait()
        wait_until(lambda: all(map(is_gone, family)), 10)
        guard().tell("forget", self.pid)

    def restart(self) -> None:
        """Stop politely and start again on the same ports with the same data."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End for good and quickly, as nobody needs the data any more."""
        self.kill()

    def freeze(self) -> None:
        """Let it hang: the connections stay open and nobody answers (SIGSTOP), until `thaw`."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        for member in (psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)):
            member.send_signal(number)


def is_gone(member: psutil.Process) -> bool:
    """Tell whether a process runs no more. One that its parent has not yet waited for is gone too."""
    try:
        return not member.is_running() or member.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask every 50 ms until the condition holds; False when it never did."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
