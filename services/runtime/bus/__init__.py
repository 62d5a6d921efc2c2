"""The bus between services: bytes in, bytes out, at least once, in both shapes alike.

* A publish returns once every queue bound to its key holds the message safely; a full queue makes it wait.
  On `memory://`, that is when every bound queue's handler has finished with it.
* A consumer gets batches and settles each message exactly once, after its handler is done.
* A handler that raises `Transient` (or `NotConfirmed`, or an error of a database that is away or busy) is
  called again with the same batch until it succeeds. One that raises anything else has its batch halved until
  the culprit stands alone; that one is retried, then dead-lettered.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


class NotConfirmed(Exception):  # noqa: N818 - it is an outcome, and the caller tries again
    """The message may or may not have arrived: pause, then publish it again."""


class Unroutable(NotConfirmed):
    """No queue takes this routing key, also after the topology was declared anew."""


class Transient(Exception):  # noqa: N818
    """Something other than the message is in the way (a database that restarts, say)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    name: str
    kind: Literal["topic", "direct"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue; `bindings` are pairs of exchange and routing pattern.

    One that is `outside` is read by somebody who comes to the broker: its messages wait for them there. Where
    there is no broker nobody can come, and such messages are let go at once. Where one `gathers`, what comes
    later makes what came before needless, so that its consumer waits for more, and longer when it is short of
    time; on a broker alone, where nobody waits for the consumer.
    """

    name: str
    bindings: tuple[tuple[Exchange, str], ...]
    outside: bool = False
    gathers: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What travels. `attempt` counts earlier deliveries of this very message."""

    routing_key: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Rejection:
    """A message that can never succeed, and why. It becomes a dead letter."""

    code: str
    detail: str


Handler = Callable[[Sequence[Message]], Awaitable[Sequence[Rejection | None]]]
"""Takes a batch, answers for each message, in order, `None` (done) or why it can never be."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: str
    queue: str
    routing_key: str
    code: str
    detail: str
    body: bytes
    headers: Mapping[str, str]
    died_at: datetime


class Subscription(Protocol):
    """A consumer at work."""

    def problem(self) -> str | None:
        """Why it does not consume now (`None` while it does): not connected, or the brake is on."""

    async def stop(self) -> None:
        """Finish the batch in hand, give the rest back."""


class Bus(Protocol):
    async def start(self) -> None:
        """Connect and declare; waits for a broker that is not there yet."""

    async def stop(self) -> None: ...

    def problem(self) -> str | None:
        """Why nothing can be published now, `None` while it can."""

    async def publish(
        self, exchange: Exchange, routing_key: str, body: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Return once it is safe. Raises `NotConfirmed`, after `publish_timeout_seconds` at the latest.

        Parallel calls keep no order among them. Called by a handler on `memory://`, it returns at once: what
        the handler was called for counts as finished when this is finished too.
        """

    async def declare(self, queue: Queue) -> None:
        """Make a queue hold what is published, though nobody consumes it yet. Raises `NotConfirmed`."""

    async def subscribe(self, queue: Queue, handler: Handler) -> Subscription:
        """Declare the queue with its bindings and consume it in batches (see `Settings.batch_*`)."""

    async def dead_letters(self, queue: str, limit: int) -> Sequence[DeadLetter]:
        """The oldest dead letters of a queue; they stay."""

    async def replay(self, queue: str, ids: Sequence[str]) -> int:
        """Send dead letters to their queue once more; answers how many."""

    async def purge(self, queue: str, ids: Sequence[str] | None = None) -> int:
        """Drop dead letters (`None`: all of the queue); answers how many."""
