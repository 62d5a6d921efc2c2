"""Who hears what: subscriptions from their request to the end of their socket. Knows no web server."""

import asyncio
import heapq
import random
from collections.abc import Iterable, Sequence
from functools import partial

import structlog

from gateway import frames
from gateway.audience import Audience, Source, audience_of, interest_of
from gateway.changes import Card, Change, Changed
from gateway.client import Client, Subscription
from gateway.connection import Surroundings
from gateway.cursor import read_cursor
from gateway.feed import Feed
from gateway.feeds import Feeds
from gateway.filters import Conditions
from gateway.mirror import Mirror
from gateway.presence import Presence
from gateway.replay import Replay
from gateway.snapshot import Snapshots
from gateway.track import Track
from services.contracts.frames import CloseCode, Filters
from services.runtime.fanout import Entry, Fanout, Position

log = structlog.get_logger(__name__)

CATCH_UP_READS = 20


class Hub:
    """Answers subscriptions with a snapshot, or with what was missed, and keeps them current.

    A subscription never has a gap: it is made whole from the fan-out's history, or starts again with `resync`
    and a fresh `subscribed`. When neither can be had, the socket is closed for its client to come back.
    """

    def __init__(self, fanout: Fanout, snapshots: Snapshots, control: Track, around: Surroundings) -> None:
        self._fanout = fanout
        self._snapshots = snapshots
        self._around = around
        self._settings = around.settings
        self._metrics = around.metrics
        self._feeds = Feeds(
            fanout, around.clock, self._make_feed, control, around.settings.fanout_check_seconds
        )
        self._presence = Presence(fanout, around)
        self._joining: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to listen. Raises `ConnectionError` when the fan-out cannot be reached."""
        await self._feeds.start()
        await self._presence.start()

    async def stop(self) -> None:
        for task in self._joining:
            task.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)
        await self._presence.stop()
        await self._feeds.stop()
        await self._around.agenda.stop()

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
            interest = interest_of(audience, channel, Conditions.of(filters))
            await self._enter(audience, Subscription(client, interest), since)

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

    async def _enter(self, audience: Audience, subscription: Subscription, since: str | None) -> None:
        client = subscription.client
        try:
            # One session's snapshot is small, and whether it may still be seen has to be asked anyway.
            if since is not None and audience.session_id is None:
                if await self._resume(audience, subscription, since):
                    return
                self._metrics.resyncs.inc()
                client.say(frames.resync(subscription.interest.channel))
            await self._join(audience, subscription)
        except OSError as error:
            log.warning("subscription failed", error=str(error))
            self.restart(client)

    async def _join(self, audience: Audience, subscription: Subscription, *, again: bool = False) -> None:
        """Start from a snapshot. `again`: only if the client has not asked for something else meanwhile."""
        client, interest = subscription.client, subscription.interest
        async with self._feeds.of(audience) as feeds:
            if again:
                # What one source still owes may be older than what the snapshot no longer shows.
                await self._feeds.catch_up(feeds)
            mirrors = [feed.mirror(audience.session_id) for feed in feeds]
            await asyncio.gather(*(mirror.fresh() for mirror in mirrors))
            while not all(mirror.ready for mirror in mirrors):
                await asyncio.gather(*(mirror.fresh() for mirror in mirrors))
            # From here on nothing waits: the snapshot and the attachment are one moment.
            if again and client.subscriptions.get(interest.channel) is not subscription:
                return
            if audience.session_id is not None and not any(mirror.cards for mirror in mirrors):
                self._refuse(client, interest.channel)
                return
            seen = _seen(feeds, mirrors)
            matching = [card for card in seen.values() if interest.wants(card.face)]
            limit = self._settings.snapshot_sessions
            shown = heapq.nlargest(limit, matching, key=lambda card: (card.newest, card.id))
            truncated = len(matching) > limit or any(mirror.truncated for mirror in mirrors)
            if self._attach(subscription, feeds, whole=True):
                cursor = client.cursor(subscription)
                client.say(frames.subscribed(interest.channel, cursor, shown, truncated=truncated))
                self._presence.enter(subscription, seen.get(audience.session_id or ""))

    def _refuse(self, client: Client, channel: str) -> None:
        self._leave(client, client.subscriptions.pop(channel, None))
        client.say(frames.error("not_found", "There is no such channel.", channel))

    async def _resume(self, audience: Audience, subscription: Subscription, since: str) -> bool:
        """Go on from a cursor; `False` when not all that was missed can be told."""
        client, interest = subscription.client, subscription.interest
        positions = read_cursor(since, len(audience.sources))
        if positions is None:
            return False
        async with self._feeds.of(audience) as feeds:
            missed = await self._missed(feeds, positions)
            if missed is None:
                return False
            if self._attach(subscription, feeds, whole=False):
                replay = Replay(interest, client.reader, feeds)
                for place, entries in enumerate(missed):
                    replay.take(place, entries)
                for place, waiting in replay.news():
                    client.defer(subscription, waiting, place)
                cursor = client.cursor(subscription)
                client.say(frames.subscribed(interest.channel, cursor, (), resumed=True))
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
                # What the history has and the feed has not heard yet will be heard from the feed.
                return [_up_to(feed.position, some) for feed, some in zip(feeds, entries, strict=True)]
        return None

    def _attach(self, subscription: Subscription, feeds: Sequence[Feed], *, whole: bool) -> bool:
        """Take the place of an earlier subscription of the channel; `False` when the client has gone."""
        client, channel = subscription.client, subscription.interest.channel
        if client.ending is not None:
            return False
        self._leave(client, client.subscriptions.get(channel))
        client.subscriptions[channel] = subscription
        groups = [feed.group(subscription.interest, whole=whole) for feed in feeds]
        subscription.places = tuple(groups)
        subscription.interest = groups[0].interest
        for group in groups:
            group.join(subscription)
        self._metrics.subscriptions.inc()
        return True

    def _leave(self, client: Client, subscription: Subscription | None) -> None:
        if subscription is None:
            return
        client.forget(subscription)
        self._detach(subscription)

    def _detach(self, subscription: Subscription) -> None:
        self._presence.leave(subscription)
        if subscription.places:
            self._metrics.subscriptions.dec()
        for place in subscription.places:
            place.leave(subscription)
        subscription.places = ()

    def _make_feed(self, source: Source) -> Feed:
        judge = partial(self._presence.judge, source.team_id)
        return Feed(source, self._fanout, self._snapshots, self._around, self._lost, self._observe, judge)

    def _observe(self, change: Change) -> None:
        if isinstance(change, Changed):
            late = (self._around.clock.now() - change.card.updated_at).total_seconds()
            self._metrics.fanout_lag.observe(max(0.0, late))

    def _lost(self, listeners: Sequence[Subscription]) -> None:
        for subscription in listeners:
            client, channel = subscription.client, subscription.interest.channel
            client.forget(subscription)
            # A session may have come from one source to the other: both have to be as new as the loss.
            for place in subscription.places:
                place.spoil()
            self._detach(subscription)
            client.say(frames.resync(channel))
            self._metrics.resyncs.inc()
            task = asyncio.create_task(self._rejoin(subscription))
            self._joining.add(task)
            task.add_done_callback(self._joining.discard)

    async def _rejoin(self, subscription: Subscription) -> None:
        client, channel = subscription.client, subscription.interest.channel
        audience = audience_of(client.caller, channel)
        if audience is None:
            self._refuse(client, channel)
            return
        try:
            await self._join(audience, subscription, again=True)
        except OSError as error:
            log.warning("resync failed", error=str(error))
            self.restart(client)


def _seen(feeds: Sequence[Feed], mirrors: Iterable[Mirror]) -> dict[str, Card]:
    """The newest of each session in the snapshots that is not gone since."""
    newest: dict[str, Card] = {}
    for card in (card for mirror in mirrors for card in mirror.cards):
        ended = any(feed.knowledge.has_gone(card.id, card.rank) for feed in feeds)
        if not ended and (card.id not in newest or card.rank > newest[card.id].rank):
            newest[card.id] = card
    return newest


def _up_to(position: Position, entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.position.offset <= position.offset]
