"""One socket as the hub sees it: what may be sent on it now, and what has to wait."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from gateway import frames
from gateway.audience import Interest
from gateway.backlog import Backlog, Held
from gateway.connection import Connection, Surroundings
from gateway.cursor import join_parts, write_part
from gateway.pending import Waiting
from services.contracts.frames import CloseCode
from services.runtime.auth import Caller
from services.runtime.fanout import Position

# RFC 6455's code for a connection that ended without a word; it is never sent.
LOST = 1006


class Place(Protocol):
    """One of a subscription's sources: where its readers are, and what has yet to be sent to all of them."""

    @property
    def position(self) -> Position: ...

    @property
    def first_unsent(self) -> int: ...

    @property
    def part(self) -> bytes:
        """The cursor's part for whoever was sent everything that is not waiting for all."""

    def leave(self, subscription: "Subscription") -> None: ...

    def spoil(self) -> None:
        """Have snapshots of this source loaded anew."""


@dataclass(eq=False, slots=True)
class Subscription:
    client: "Client"
    interest: Interest
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    code: int
    reason: str = ""


class Client:
    """Frames go out in order: replies at once, then news. `in_step`: whoever has news may write it directly.

    Otherwise news wait here, of each session the newest, until the socket takes them: while it does not read,
    while rights are in doubt, and while other things are before them. More than may wait, or longer, ends it.
    `on_end` is called once, before the connection is closed.
    """

    __slots__ = (
        "_around", "_backlog", "_doubts", "_flowing", "_on_end", "_paused_at", "_replies", "caller",
        "check_at", "connection", "ending", "expires_at", "in_step", "reader", "subscriptions",
    )  # fmt: skip

    def __init__(
        self,
        connection: Connection,
        caller: Caller,
        expires_at: datetime | None,
        around: Surroundings,
        on_end: Callable[["Client"], None],
    ) -> None:
        self.connection = connection
        self.caller = caller
        self.reader = str(caller.user_id)
        self.expires_at = expires_at
        self.check_at = around.clock.monotonic() + around.settings.rights_check_seconds
        self.subscriptions: dict[str, Subscription] = {}
        self.ending: Ending | None = None
        self.in_step = True
        self._around = around
        self._on_end = on_end
        self._flowing = True
        self._doubts = 0
        self._paused_at = 0.0
        self._replies: deque[bytes] | None = None
        self._backlog: Backlog | None = None
        connection.flow = self

    @property
    def is_attentive(self) -> bool:
        """Whether what is said now is sent soon: the socket is read, and rights are not in doubt."""
        return self._flowing and not self._doubts

    def hold(self) -> None:
        """Send nothing until `release` has been called as often as this."""
        self._doubts += 1
        self.in_step = False

    def release(self) -> None:
        self._doubts -= 1
        self._go_on()

    def pause(self) -> None:
        """The connection has enough for now."""
        self._flowing = self.in_step = False
        self._paused_at = self._around.clock.monotonic()

    def resume(self) -> None:
        self._flowing = True
        self._go_on()

    def look(self, now: float) -> None:
        """End it when it has not read for too long."""
        if not self._flowing and now - self._paused_at >= self._around.settings.socket_send_seconds:
            self.end(CloseCode.TOO_SLOW)

    def end(self, code: int, reason: str = "") -> None:
        """Close the socket. Nothing is put on it any more; the first reason stands."""
        if self.ending is not None:
            return
        self.ending = Ending(code, reason)
        self.in_step = False
        if code == CloseCode.TOO_SLOW and self._backlog:
            self._around.metrics.frames_dropped.inc(len(self._backlog))
        self._replies = self._backlog = None
        self._on_end(self)
        if code != LOST:
            self._around.metrics.sockets_cut.labels(str(code)).inc()
            self.connection.close(code, reason)

    def say(self, text: bytes) -> None:
        """Send a reply, before any news that waits."""
        if self.in_step:
            self._write(text)
        elif self.ending is None:
            self._replies = self._replies or deque()
            self._replies.append(text)

    def defer(self, subscription: Subscription, waiting: Waiting, source: int) -> None:
        """Send news as soon as it may go."""
        if self.ending is not None:
            return
        self._backlog = self._backlog or Backlog()
        if self._backlog.put(subscription, waiting, source):
            self._around.metrics.frames_coalesced.inc()
        settings = self._around.settings
        if self._flowing:
            self.in_step = False
            self._around.agenda.soon(self._go_on)
        elif (
            len(self._backlog) > settings.socket_pending_sessions
            or self._backlog.size > settings.socket_pending_bytes
        ):
            self.end(CloseCode.TOO_SLOW)

    def forget(self, subscription: Subscription) -> None:
        """Send no more of a subscription than was sent."""
        if self._backlog:
            self._backlog.drop(subscription)

    def cursor(self, subscription: Subscription) -> bytes:
        """From where on this client has yet to be told, in each of the subscription's sources."""
        return join_parts([self._part(subscription, n) for n in range(len(subscription.places))])

    def _part(self, subscription: Subscription, source: int) -> bytes:
        place = subscription.places[source]
        if not self._backlog:
            return place.part
        at = place.position
        first = self._backlog.first(subscription, source, at.offset)
        return write_part(Position(at.epoch, min(first, place.first_unsent) - 1))

    def _go_on(self) -> None:
        """Send what waits, as far as it goes."""
        while self._flowing and not self._doubts and self.ending is None:
            if self._replies:
                self._write(self._replies.popleft())
            elif self._backlog:
                self._write(self._news(self._backlog))
            else:
                self._replies = self._backlog = None
                self.in_step = True
                return

    def _news(self, backlog: Backlog) -> bytes:
        settings = self._around.settings
        taken = backlog.take(count=settings.frame_batch_sessions, size=settings.frame_batch_bytes)
        told = cast("list[tuple[Subscription, Held]]", taken)
        cursors = {one: self.cursor(one) for one, _ in told}
        closed = [
            frames.closed(frame, cursors[one])
            for one, held in told
            for frame in frames.news(frames.address(one.interest.channel), held)
        ]
        self._around.metrics.frames_delivered.inc(len(closed))
        return frames.batch(closed)

    def _write(self, text: bytes) -> None:
        self.connection.write(self._around.head(len(text)) + text)
