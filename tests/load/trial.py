"""One server, its crowd and its herald: how much it carries, how soon, and what a socket costs it."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from tests.load.contenders import Contender
from tests.load.crowd import Crowd, Heard, Step
from tests.load.herald import Herald
from tests.load.revocation import percentile

DRAIN_SECONDS = 2.0
POLL_SECONDS = 0.002

# How many changes to publish now, by those published and heard so far, and the seconds that have passed.
Due = Callable[[int, int, float], int]


@dataclass(frozen=True)
class Measured:
    """What a server did for some seconds: its deliveries, the time of its processor, how old they were.

    `published` changes should have been as many deliveries for each who hears of them; `missing` never came.
    """

    wall: float
    processor: float
    published: int
    heard: Heard
    missing: int

    @property
    def rate(self) -> float:
        return self.heard.changes / self.wall

    @property
    def rate_of_processor(self) -> float:
        return self.heard.changes / self.processor

    def age(self, share: float) -> float:
        """Seconds from publishing to arrival, of this share of the deliveries at most."""
        return percentile(self.heard.seconds, share)


class Trial:
    """So many sockets in the contender's teams, each of which hears of so many sessions."""

    def __init__(self, contender: Contender, redis_port: int, sockets: int, sessions: int) -> None:
        self.contender = contender
        self.teams = contender.teams
        self.sockets = sockets
        self.herald = Herald(redis_port, contender.tongue, contender.teams, sessions)
        self.crowd = Crowd(contender.port, self.herald.published_at)
        self._process = psutil.Process(contender.server.pid)

    @property
    def readers(self) -> float:
        """How many sockets hear of a change, on an average."""
        return self.sockets / len(self.teams)

    def enter(self, sockets: int) -> None:
        """Open so many more of the sockets."""
        self.crowd.enter(
            [self._steps(number) for number in range(len(self.crowd), len(self.crowd) + sockets)]
        )
        self.crowd.settle()

    def _steps(self, number: int) -> Sequence[Step]:
        contender = self.contender
        channel = contender.tongue.channel(contender.teams[number % len(contender.teams)])
        return contender.steps(channel, contender.token(number))

    def memory(self) -> int:
        """Resident bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) * 1024

    def saturate(self, seconds: float, window: int) -> Measured:
        """Keep so many changes under way all the time."""

        def due(published: int, heard: int, _elapsed: float) -> int:
            return window - published + int(heard / self.readers)

        return self._run(seconds, due)

    def steady(self, seconds: float, changes_per_second: float) -> Measured:
        """Publish at a rate, whatever becomes of it."""

        def due(published: int, _heard: int, elapsed: float) -> int:
            return int(elapsed * changes_per_second) - published

        return self._run(seconds, due)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.crowd.close()
        self.herald.close()

    def _run(self, seconds: float, due: Due) -> Measured:
        self.crowd.settle()
        gc.collect()
        gc.disable()
        try:
            return self._measure(seconds, due)
        finally:
            gc.enable()

    def _measure(self, seconds: float, due: Due) -> Measured:
        begun, used, published, heard = time.monotonic(), self._used(), 0, self.crowd.heard
        while (elapsed := time.monotonic() - begun) < seconds:
            count = due(published, heard.changes, elapsed)
            if count > 0:
                self.herald.publish(count)
                published += count
            self.crowd.read(POLL_SECONDS)
        wall, processor, changes = time.monotonic() - begun, self._used() - used, heard.changes
        expected = round(published * self.readers)
        self._drain(expected)
        # What came after the end counts for how old it was, and not for how many there were.
        done = Heard(changes, heard.size, heard.seconds)
        return Measured(wall, processor, published, done, expected - heard.changes)

    def _drain(self, expected: int) -> None:
        """Read until everything has come, or nothing more comes."""
        heard, last = self.crowd.heard, time.monotonic()
        while heard.changes < expected and time.monotonic() < last + DRAIN_SECONDS:
            if self.crowd.read(POLL_SECONDS):
                last = time.monotonic()

    def _used(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system
