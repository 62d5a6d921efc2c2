"""From the spool to the server, for as long as it takes."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from llm_session_manager import protocol
from llm_session_manager.config import Config
from llm_session_manager.lag import Lag, order
from llm_session_manager.pauses import pause
from llm_session_manager.protocol.tiers import lower
from llm_session_manager.spool.faults import SpoolUnavailableError
from llm_session_manager.spool.outgoing import Outgoing, at_tier
from llm_session_manager.spool.store import Spool
from llm_session_manager.transports import Delivery, Failure, Greeter, Refusal, Transport

log = logging.getLogger(__name__)

EPOCH_IN_FUTURE = "epoch_in_future"
OpenTransport = Callable[[protocol.Welcome], Awaitable[Transport | Failure]]


@dataclass(slots=True)
class Sent:
    """What one sender did so far, in reports."""

    confirmed: int = 0
    rejected: int = 0
    failure: Failure | None = None


@dataclass(slots=True)
class Sender:
    """Introduces the machine, sends what waits, says that it lives, and begins again after every failure."""

    config: Config
    spool: Spool
    hello: protocol.Hello
    greeter: Greeter
    open_transport: OpenTransport
    reread: Callable[[], Awaitable[None]]
    sent: Sent = field(default_factory=Sent)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _reconnect: asyncio.Event = field(default_factory=asyncio.Event)
    _parked: dict[str, float] = field(default_factory=dict)
    _lag: Lag | None = None
    _beat_at: float = 0.0
    _parted_until: float = 0.0
    _most: protocol.Tier = "content"

    def wake(self) -> None:
        """Something waits."""
        self._wake.set()

    def reconnect(self) -> None:
        """Drop the connection, it may be dead, and make a new one."""
        self._reconnect.set()
        self._wake.set()

    async def run(self) -> None:
        """Send for ever."""
        attempt, said = 0, ""
        while True:
            before = self.sent.confirmed
            failure = await self._guarded(self._serve)
            if failure is None:
                await asyncio.sleep(random.random() * self.config.limits.sleep_reconnect)
                continue
            if self.sent.confirmed > before:
                attempt, said = 0, ""
            seconds = pause(failure, attempt, self.config.limits)
            if failure.reason != said:
                # Said once, not with every try.
                level = logging.ERROR if failure.refused else logging.WARNING
                log.log(level, "Not sent: %s. Reports wait on disk and are tried again.", failure.reason)
            said, attempt = failure.reason, attempt + 1
            await asyncio.sleep(seconds)

    async def drain(self) -> Failure | None:
        """Send until nothing waits; gives the reason when that was not possible within the patience.

        A refused token ends it at once; any progress renews the patience.
        """
        deadline = time.monotonic() + self.config.limits.once_patience
        attempt = 0
        while True:
            before = self.sent.confirmed + self.sent.rejected
            failure = await self._guarded(self._empty)
            if failure is None or failure.refused:
                return failure
            if self.sent.confirmed + self.sent.rejected > before:
                deadline, attempt = time.monotonic() + self.config.limits.once_patience, 0
            seconds = pause(failure, attempt, self.config.limits)
            if time.monotonic() + seconds > deadline:
                return failure
            log.warning("Not sent yet: %s", failure.reason)
            attempt += 1
            await asyncio.sleep(seconds)

    async def _guarded(self, step: Callable[[], Awaitable[Failure | None]]) -> Failure | None:
        try:
            return await step()
        except SpoolUnavailableError as error:
            return Failure(f"the spool cannot be used now ({error})", answered=True)

    async def _serve(self) -> Failure | None:
        """One connection, until it fails or is to be renewed (`None`)."""
        self._reconnect.clear()
        transport = await self._connect(final=False)
        if isinstance(transport, Failure):
            return transport
        try:
            log.info("Connected to %s.", self.config.dashboard_url)
            self._beat_at = time.monotonic()
            while not self._reconnect.is_set():
                failure = await self._step(transport)
                if failure is not None:
                    return failure
            return None
        finally:
            await transport.close()

    async def _empty(self) -> Failure | None:
        transport = await self._connect(final=True)
        if isinstance(transport, Failure):
            return transport
        try:
            while reports := await self._next():
                failure = await self._send(transport, reports)
                if failure is not None:
                    return failure
        finally:
            await transport.close()
        left = await asyncio.to_thread(self.spool.waiting)
        return Failure(f"{left} entries were not taken", answered=True, unfit=True) if left else None

    async def _connect(self, *, final: bool) -> Transport | Failure:
        welcome = await self._greet(final=final)
        if isinstance(welcome, Failure):
            return welcome
        transport = await self.open_transport(welcome)
        # The dashboard has just taken the token: a broker that does not will come round.
        return replace(transport, refused=False) if isinstance(transport, Failure) else transport

    async def _step(self, transport: Transport) -> Failure | None:
        limits = self.config.limits
        self._wake.clear()
        if time.monotonic() >= self._beat_at:
            self._beat_at = self._next_beat()
            return await transport.heartbeat()
        reports = await self._next()
        if reports:
            failure = await self._send(transport, reports)
            full = (
                len(reports) >= limits.batch_reports
                or sum(len(r.body) for r in reports) > limits.batch_bytes / 2
            )
            if failure is None and not full:
                await asyncio.sleep(limits.send_gap)
            return failure
        if self._lag is not None and time.monotonic() >= self._lag.due:
            welcome = await self._greet(final=False)
            return welcome if isinstance(welcome, Failure) else None
        # `wait_for` would swallow a cancellation that comes together with the wake.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._idle_seconds()):
                await self._wake.wait()
        return None

    async def _next(self) -> list[Outgoing]:
        limits, now = self.config.limits, time.monotonic()
        self._parked = {key: until for key, until in self._parked.items() if until > now}
        reports = await asyncio.to_thread(
            self.spool.outgoing,
            self.config.tier,
            limit=limits.batch_reports,
            max_bytes=limits.batch_bytes,
            without=tuple(self._parked),
        )
        if lower(self.config.tier, self._most) == self.config.tier:
            return reports
        return await asyncio.to_thread(lambda: [at_tier(report, self._most) for report in reports])

    def _next_beat(self) -> float:
        """By the clock alone, so that when a machine is heard from says nothing of what is done on it."""
        period = min(self.config.limits.heartbeat, self.config.interval)
        missed = (time.monotonic() - self._beat_at) // period
        return self._beat_at + (missed + 1) * period

    def _idle_seconds(self) -> float:
        due = self._beat_at if self._lag is None else min(self._beat_at, self._lag.due)
        return max(0.0, due - time.monotonic())

    async def _send(self, transport: Transport, reports: Sequence[Outgoing]) -> Failure | None:
        delivery = await transport.send(reports)
        early = any(refusal.code == EPOCH_IN_FUTURE for refusal in delivery.rejected)
        refused = [refusal.report for refusal in delivery.rejected if refusal.code != EPOCH_IN_FUTURE]
        await asyncio.to_thread(self.spool.settle, confirmed=delivery.confirmed, rejected=refused)
        self.sent.confirmed += len(delivery.confirmed)
        self.sent.rejected += len(refused)
        self._tell(delivery)
        if delivery.failure is not None and delivery.failure.conflict:
            return await self._part_ways(delivery.failure)
        if early:
            return await self._step_back()
        return delivery.failure

    def _tell(self, delivery: Delivery) -> None:
        for refusal in delivery.rejected:
            log.error("The dashboard refused a report of %s: %s %s", *_named(refusal))
        for refusal in delivery.unfit:
            log.error("A report of %s cannot be sent (%s %s); the others go on.", *_named(refusal))
            self._parked[refusal.report.key] = time.monotonic() + self.config.limits.refused_pause

    async def _part_ways(self, failure: Failure) -> Failure:
        """A copy of this spool reports as this machine: number anew, beyond it.

        Where both go on, each does so to the other; they take their time over it.
        """
        pause_for = self.config.limits.refused_pause
        if time.monotonic() < self._parted_until:
            return replace(failure, retry_after=pause_for)
        self._parted_until = time.monotonic() + pause_for
        log.warning(
            "Another copy of this machine's state folder is at work: everything is sent anew. "
            "If this comes again, delete the folder of the copy."
        )
        await self._begin_epoch(self.spool.epoch)
        return failure

    async def _step_back(self) -> Failure:
        """The spool was made while the clock was ahead: number anew if it is right by now, else wait."""
        if await asyncio.to_thread(self.spool.restart_epoch):
            await self.reread()
            return Failure("this machine's clock was ahead when the spool was made", answered=True)
        pause_for = self.config.limits.refused_pause
        return Failure(
            "this machine's clock is ahead of the dashboard's", answered=True, retry_after=pause_for
        )

    async def _greet(self, *, final: bool) -> protocol.Welcome | Failure:
        """Say hello and compare what the server knows with what it confirmed.

        Confirmed reports may still wait in the server's queue. So when it knows less than it should, it is
        asked again while it comes nearer, unless this answer is `final` or it knows nothing at all.
        """
        welcome = await self.greeter.hello(self.hello)
        if isinstance(welcome, Failure):
            return welcome
        owner = f"{welcome.team_id}/{welcome.user_id}/{welcome.agent_id}"
        if await asyncio.to_thread(self.spool.use_owner, owner):
            log.info("This token belongs to somebody else than the last one: everything is sent anew.")
            await self.reread()
        self._keep_back(welcome.most)
        await self._compare(welcome.last_report, final=final)
        return welcome

    def _keep_back(self, most: protocol.Tier) -> None:
        """Send no more than the team takes in; said where it is news."""
        before, self._most = self._most, most
        if most != before and lower(self.config.tier, most) != self.config.tier:
            log.info("The team takes in no more than the tier %s: what is above it stays here.", most)

    async def _compare(self, known: protocol.Position | None, *, final: bool) -> None:
        lag, self._lag = self._lag, None
        expected = lag.expected if lag else await asyncio.to_thread(self.spool.confirmed)
        if known is not None and order(known) > order(self.spool.position()):
            log.warning("The dashboard knows newer reports of this machine than this spool: it begins anew.")
            await self._begin_epoch(known.epoch)
        elif expected is None or (known is not None and order(known) >= order(expected)):
            return
        elif known is None or final or (lag and lag.stands(known)):
            if await asyncio.to_thread(self.spool.forget, known):
                log.warning("The dashboard has lost reports that it had confirmed: everything is sent anew.")
                await self.reread()
        else:
            moved = lag is None or order(known) > order(lag.known)
            due = time.monotonic() + self.config.limits.lag_grace
            self._lag = Lag(due, expected, known) if moved else lag

    async def _begin_epoch(self, above: int) -> None:
        await asyncio.to_thread(self.spool.start_epoch, above)
        await self.reread()


def _named(refusal: Refusal) -> tuple[str, str, str]:
    return refusal.report.key, refusal.code, refusal.detail
