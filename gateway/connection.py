"""What the hub needs of a socket, whatever server carries it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gateway.agenda import Agenda
from services.runtime.clock import Clock
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


class Flow(Protocol):
    """Whoever writes on a connection."""

    def pause(self) -> None:
        """Write no more for now: what was written has not left yet."""

    def resume(self) -> None: ...


class Connection(Protocol):
    """Carries messages to a browser, in order. Never makes its caller wait, and never raises."""

    flow: Flow | None

    def write(self, message: bytes) -> None:
        """Send one message, framed. May call `flow.pause` before it returns, and then calls `flow.resume`."""

    def write_both(self, begin: bytes, end: bytes) -> None:
        """Send one message of two parts, of which the first is large and is not to be copied."""

    def close(self, code: int, reason: str) -> None:
        """Say goodbye after what was written, or cut the connection when nobody listens."""


Head = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What everything in a gateway shares.

    `head` gives what a carrier's messages of so many bytes begin with: with it before them, they are framed.
    """

    settings: Settings
    clock: Clock
    metrics: Metrics
    agenda: Agenda
    head: Head
