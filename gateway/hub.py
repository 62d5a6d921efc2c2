"""Who hears what: subscriptions from their request to the end of their socket. Knows no web server."""

import asyncio
import random
from collections.abc import Sequence

import structlog

from gateway import frames
from gateway.audience import Source, audience_of
from gateway.changes import Change, Changed
from gateway.client import Client, Subscription
from gateway.cursor import read_cursor
from gateway.feed import Feed
from gateway.feeds import Feeds
from gateway.filters import Conditions
from gateway.snapshot import Snapshots
from gateway.track import Track
from gateway.view import View
from services.contracts.frames import CloseCode, Filters
from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Fanout, Position
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)

CATCH_UP_READS = 20


class Hub:
    """Answers subscriptions with a snapshot, or with what was missed, and keeps them current.

    A subscription never has a gap: it is made whole from the fan-out's history, or starts again with `resync`
    and a fresh `subscribed`. When neither can be had, the socket is closed for its client to come back.
    """

    def __init__(
        self,
        fanout: Fanout,
        snapshots: Snapshots,
        control: Track,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._fanout = fanout
        self._snapshots = snapshots
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._feeds = Feeds(fanout, clock, self._make_feed, control, settings.fanout_check_seconds)
        self._joining: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen. Raises `ConnectionError` when the fan-out cannot be reached."""
        await self._feeds.start()

    async def stop(self) -> None:
        for task in self._joining:
            task.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)
        await self._feeds.stop()

    def problem(self) -> str | None:
        return self._feeds.problem()

    async def subscribe(self, client: Client, channel: str, filters: Filters, since: str | None) -> None:
        """Answer `subscribed`, or an error frame. An earlier subscription of the channel ends with that."""
        audience = audience_of(client.caller, channel)
        known = channel in client.subscriptions
        if audience is None:
            self._refuse(client, channel)
        elif not known and len(client.subscriptions) >= self._settings.socket_channels:
            client.say(frames.error("too_many_channels", "Unsubscribe from another channel first.", channel))
        else:
            view = View(audience, client.caller.user_id, Conditions.of(filters))
            await self._enter(client, Subscription(channel, audience, view), since)

    def unsubscribe(self, client: Client, channel: str) -> None:
        """Answer `unsubscribed`; nothing of the channel follows it."""
        self._leave(client, client.subscriptions.pop(channel, None))
        client.say(frames.unsubscribed(channel))

    def leave(self, client: Client) -> None:
        """Forget a client that is gone."""
        for channel in list(client.subscriptions):
            self._leave(client, client.subscriptions.pop(channel))

    def restart(self, client: Client) -> None:
        """Have the client come back in a while, to a server that works."""
        client.end(CloseCode.RESTARTING, self.come_back())

    def come_back(self) -> str:
        """The reason of a close 1012: when to try again, spread so that not all come at once."""
        return f'{{"retry_in_ms": {random.randint(0, self._settings.restart_spread_ms)}}}'

    async def _enter(self, client: Client, subscription: Subscription, since: str | None) -> None:
        try:
            # One session's snapshot is small, and whether it may still be seen has to be asked anyway.
            if since is not None and subscription.audience.session_id is None:
                if await self._resume(client, subscription, since):
                    return
                self._metrics.resyncs.inc()
                client.say(frames.resync(subscription.channel))
            await self._join(client, subscription)
        except OSError as error:
            log.warning("subscription failed", error=str(error))
            self.restart(client)

    async def _join(self, client: Client, subscription: Subscription, *, again: bool = False) -> None:
        """Start from a snapshot. `again`: only if the client has not asked for something else meanwhile."""
        audience, channel = subscription.audience, subscription.channel
        async with self._feeds.of(audience) as feeds:
            mirrors = [feed.mirror(audience.session_id) for feed in feeds]
            await asyncio.gather(*(mirror.fresh() for mirror in mirrors))
            while not all(mirror.ready for mirror in mirrors):
                await asyncio.gather(*(mirror.fresh() for mirror in mirrors))
            # From here on nothing waits: the snapshot and the attachment are one moment.
            if again and client.subscriptions.get(channel) is not subscription:
                return
            cards = [card for mirror in mirrors for card in mirror.cards]
            if audience.session_id is not None and not cards:
                self._refuse(client, channel)
                return
            shown, cut = subscription.view.open(cards, self._settings.snapshot_sessions)
            truncated = cut or any(mirror.truncated for mirror in mirrors)
            if self._attach(client, subscription, feeds):
                cursor = client.cursor(subscription)
                client.say(frames.subscribed(channel, cursor, shown, truncated=truncated))

    def _refuse(self, client: Client, channel: str) -> None:
        self._leave(client, client.subscriptions.pop(channel, None))
        client.say(frames.error("not_found", "There is no such channel.", channel))

    async def _resume(self, client: Client, subscription: Subscription, since: str) -> bool:
        """Go on from a cursor; `False` when not all that was missed can be told."""
        positions = read_cursor(since, len(subscription.audience.sources))
        if positions is None:
            return False
        async with self._feeds.of(subscription.audience) as feeds:
            missed = await self._missed(feeds, positions)
            if missed is None:
                return False
            if self._attach(client, subscription, feeds):
                for feed, entries in zip(feeds, missed, strict=True):
                    for entry in entries:
                        feed.tell(client, subscription, entry)
                cursor = client.cursor(subscription)
                client.say(frames.subscribed(subscription.channel, cursor, (), resumed=True))
            return True

    async def _missed(self, feeds: Sequence[Feed], after: Sequence[Position]) -> list[list[Entry]] | None:
        """All entries from the positions to where the feeds are when this returns; `None` if not whole."""
        entries: list[list[Entry]] = [[] for _ in feeds]
        reached = list(after)
        first = True
        for _ in range(CATCH_UP_READS):
            for n, feed in enumerate(feeds):
                if first or feed.position.offset > reached[n].offset:
                    more = await self._fanout.since(feed.channel, reached[n])
                    if more is None:
                        return None
                    entries[n] += more
                    reached[n] = more[-1].position if more else reached[n]
            first = False
            if any(feed.position.epoch != at.epoch for feed, at in zip(feeds, reached, strict=True)):
                return None
            if all(feed.position.offset <= at.offset for feed, at in zip(feeds, reached, strict=True)):
                return entries
        return None

    def _attach(self, client: Client, subscription: Subscription, feeds: Sequence[Feed]) -> bool:
        """Take the place of an earlier subscription of the channel; `False` when the client has gone."""
        if client.ending is not None:
            return False
        self._leave(client, client.subscriptions.get(subscription.channel))
        client.subscriptions[subscription.channel] = subscription
        subscription.places = tuple(feeds)
        for feed in feeds:
            feed.attach(client, subscription)
        self._metrics.subscriptions.inc()
        return True

    def _leave(self, client: Client, subscription: Subscription | None) -> None:
        if subscription is None:
            return
        client.forget(subscription)
        self._detach(subscription)

    def _detach(self, subscription: Subscription) -> None:
        if subscription.places:
            self._metrics.subscriptions.dec()
        for feed in subscription.places:
            feed.detach(subscription)
        subscription.places = ()

    def _make_feed(self, source: Source) -> Feed:
        return Feed(
            source, self._fanout, self._snapshots, self._settings, self._clock, self._lost, self._observe
        )

    def _observe(self, change: Change) -> None:
        if isinstance(change, Changed):
            late = (self._clock.now() - change.card.updated_at).total_seconds()
            self._metrics.fanout_lag.observe(max(0.0, late))

    def _lost(self, listeners: Sequence[tuple[Client, Subscription]]) -> None:
        for client, subscription in listeners:
            client.forget(subscription)
            self._detach(subscription)
            client.say(frames.resync(subscription.channel))
            self._metrics.resyncs.inc()
            task = asyncio.create_task(self._rejoin(client, subscription))
            self._joining.add(task)
            task.add_done_callback(self._joining.discard)

    async def _rejoin(self, client: Client, subscription: Subscription) -> None:
        try:
            await self._join(client, subscription, again=True)
        except OSError as error:
            log.warning("resync failed", error=str(error))
            self.restart(client)
