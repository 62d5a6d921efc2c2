"""One socket as the hub sees it: what waits for it, and the one task that sends."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from gateway import frames
from gateway.audience import Audience
from gateway.cursor import write_cursor
from gateway.pending import Pending, Waiting
from gateway.view import Notice, View
from services.contracts.frames import CloseCode
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.fanout import Position
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

GATHER_SECONDS = 0.1
MESSAGE_SESSIONS = 200
MESSAGE_BYTES = 128 * 1024
# RFC 6455's code for a connection that ended without a word; it is never sent.
LOST = 1006


class Connection(Protocol):
    """Carries text to a browser. Any server's sockets will do."""

    async def send(self, text: str) -> None:
        """Returns when the next message may be sent. Raises `ConnectionError` when the other side is gone."""

    async def close(self, code: int, reason: str) -> None: ...


class Place(Protocol):
    """Where a fan-out channel has been read up to."""

    @property
    def channel(self) -> str: ...

    @property
    def position(self) -> Position: ...

    def detach(self, subscription: "Subscription") -> None: ...


@dataclass(eq=False, slots=True)
class Subscription:
    channel: str
    audience: Audience
    view: View
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    code: int
    reason: str = ""


class Client:
    """Frames go out in order: replies at once, then what is due. One send at a time.

    `ending` says why it should be closed; whoever runs the socket waits for `ended` and closes it.
    """

    def __init__(
        self,
        connection: Connection,
        caller: Caller,
        expires_at: datetime | None,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.connection = connection
        self.caller = caller
        self.expires_at = expires_at
        self.subscriptions: dict[str, Subscription] = {}
        self.ended = asyncio.Event()
        self.ending: Ending | None = None
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._pending = Pending(settings.frame_interval_seconds)
        self._replies: deque[str] = deque()
        self._wake = asyncio.Event()
        self._wakes_at: float | None = None
        self._not_before = clock.monotonic()
        self._sending = False
        self._doubts = 0

    def hold(self) -> None:
        """Send nothing until `release` has been called as often as this."""
        self._doubts += 1

    def release(self) -> None:
        self._doubts -= 1
        self._wake.set()

    def end(self, code: int, reason: str = "") -> None:
        """Have the socket closed. Nothing is put on it any more; the first reason stands."""
        if self.ending is None:
            self.ending = Ending(code, reason)
            if code != LOST:
                self._metrics.sockets_cut.labels(str(code)).inc()
            if code == CloseCode.TOO_SLOW:
                self._metrics.frames_dropped.inc(len(self._pending))
            self.ended.set()

    def say(self, text: str) -> None:
        """Send a reply, before any news that waits."""
        self._replies.append(text)
        self._wake.set()

    def put(self, subscription: Subscription, notice: Notice, channel: str, offset: int) -> None:
        """Send news of a session when it is due; at the latest after what waits has been sent."""
        if self.ending:
            return
        added = self._pending.put(subscription, notice, channel, offset, self._clock.monotonic())
        if added is None:
            self._metrics.frames_coalesced.inc()
        elif self._wakes_at is None or max(added.due, self._not_before) < self._wakes_at:
            self._wake.set()
        if self._sending and self._is_behind():
            self.end(CloseCode.TOO_SLOW)

    def forget(self, subscription: Subscription) -> None:
        """Send no more of a subscription than was sent."""
        self._pending.drop(subscription)

    def cursor(self, subscription: Subscription) -> str:
        """From where on this client has yet to be told, in each of the subscription's sources."""
        unsent = self._pending.unsent(subscription)
        return write_cursor([_told(place, unsent) for place in subscription.places])

    async def run(self) -> None:
        """Send until cancelled or until `end`; ends the client itself when the other side is too slow."""
        try:
            while self.ending is None:
                await self._turn()
        except TimeoutError:
            self.end(CloseCode.TOO_SLOW)
        except ConnectionError:
            self.end(LOST)

    async def _turn(self) -> None:
        self._wake.clear()
        if self._doubts:
            await self._wake.wait()
            return
        if self._replies:
            await self._send(self._replies.popleft())
            return
        due = self._pending.next_due()
        self._wakes_at = None if due is None else max(due, self._not_before)
        if self._wakes_at is None:
            await self._wake.wait()
        elif self._wakes_at <= self._clock.monotonic():
            await self._flush()
        else:
            await self._wait(self._wakes_at - self._clock.monotonic())

    async def _flush(self) -> None:
        now = self._clock.monotonic()
        taken = self._pending.take(now, count=MESSAGE_SESSIONS, size=MESSAGE_BYTES)
        left = self._pending.next_due()
        # What did not fit into this message goes at once; what comes from now on gathers for a moment.
        self._not_before = now if left is not None and left <= now else now + GATHER_SECONDS
        told = self._told_frames(cast("list[tuple[Subscription, Waiting]]", taken))
        if told:
            await self._send(frames.batch(told))
            self._metrics.frames_delivered.inc(len(told))

    def _told_frames(self, taken: list[tuple[Subscription, Waiting]]) -> list[str]:
        told = {subscription for subscription, _ in taken}
        addresses = {one: frames.address(one.channel, self.cursor(one)) for one in told}
        return [frame for one, waiting in taken for frame in frames.news(addresses[one], waiting)]

    async def _send(self, text: str) -> None:
        self._sending = True
        try:
            async with asyncio.timeout(self._settings.socket_send_seconds):
                await self.connection.send(text)
        finally:
            self._sending = False

    async def _wait(self, seconds: float) -> None:
        tasks = {asyncio.ensure_future(self._wake.wait()), asyncio.ensure_future(self._clock.sleep(seconds))}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def _is_behind(self) -> bool:
        """Whether more has been due than may wait. What is held back for its second is no delay."""
        count, size = self._settings.socket_pending_sessions, self._settings.socket_pending_bytes
        if len(self._pending) <= count and self._pending.size <= size:
            return False
        due, due_size = self._pending.overdue(self._clock.monotonic())
        return due > count or due_size > size


def _told(place: Place, unsent: Mapping[str, int]) -> Position:
    here = place.position
    return Position(here.epoch, min(here.offset, unsent.get(place.channel, here.offset + 1) - 1))
