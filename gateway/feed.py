"""One source of sessions: its track, its snapshots, and the subscriptions that hear it."""

from collections.abc import Callable

from gateway.audience import Source
from gateway.changes import Change, Gone, read_change
from gateway.client import Client, Subscription
from gateway.flight import Flight
from gateway.mirror import Mirror
from gateway.snapshot import Snapshots
from gateway.track import Track
from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Fanout, Position
from services.runtime.settings import Settings

Lost = Callable[[list[tuple[Client, Subscription]]], None]


class Feed:
    """Reads each entry once for everybody. `users` counts those who are about to attach."""

    def __init__(
        self,
        source: Source,
        fanout: Fanout,
        snapshots: Snapshots,
        settings: Settings,
        clock: Clock,
        on_lost: Lost,
        on_news: Callable[[Change], None],
    ) -> None:
        self.source = source
        self.channel = source.channel
        self.users = 0
        self.opening: Flight | None = None
        self.track = Track(fanout, source.channel, clock, self._take, self._lose)
        self._snapshots = snapshots
        self._settings = settings
        self._clock = clock
        self._on_lost = on_lost
        self._on_news = on_news
        self._listeners: dict[Subscription, Client] = {}
        self._mirrors: dict[str | None, Mirror] = {}
        self._read: dict[Position, Change | None] = {}
        self._gone: dict[str, int] = {}

    @property
    def position(self) -> Position:
        return self.track.position

    @property
    def is_idle(self) -> bool:
        opening = self.opening is not None and not self.opening.is_over
        return not self._listeners and not self.users and not opening

    def mirror(self, session_id: str | None) -> Mirror:
        """The snapshot of all sessions, or of one."""
        if session_id not in self._mirrors:
            self._mirrors[session_id] = Mirror(
                lambda: self._snapshots.load(self.source, session_id),
                self._clock,
                self._settings.snapshot_cache_seconds,
            )
        return self._mirrors[session_id]

    def attach(self, client: Client, subscription: Subscription) -> None:
        self._listeners[subscription] = client

    def detach(self, subscription: Subscription) -> None:
        self._listeners.pop(subscription, None)

    def tell(self, client: Client, subscription: Subscription, entry: Entry) -> None:
        """Let one subscription hear an entry."""
        change = self._change(entry)
        if change is not None:
            self._tell(client, subscription, change, entry.position.offset)

    def _tell(self, client: Client, subscription: Subscription, change: Change, offset: int) -> bool:
        notice = subscription.view.judge(change)
        if notice is not None:
            client.put(subscription, notice, self.channel, offset)
        return notice is not None

    def forget_old(self) -> None:
        """Let go of snapshots that nobody would be served from. Not while somebody waits for one."""
        if not self.users:
            self._mirrors = {key: mirror for key, mirror in self._mirrors.items() if not mirror.is_old}

    def _take(self, entry: Entry) -> None:
        change = self._change(entry)
        if change is None:
            return
        if isinstance(change, Gone):
            self._bury(change)
        for key, mirror in self._mirrors.items():
            if key in (None, change.id):
                mirror.apply(change)
        offset = entry.position.offset
        told = [self._tell(client, one, change, offset) for one, client in self._listeners.items()]
        if any(told):
            self._on_news(change)

    def _change(self, entry: Entry) -> Change | None:
        if entry.position not in self._read:
            self._read[entry.position] = read_change(entry.payload)
            if len(self._read) > self._settings.fanout_keep_entries:
                del self._read[next(iter(self._read))]
        change = self._read[entry.position]
        # What was published late, after the session had gone, is for nobody who came in between.
        return None if change is None or change.rank < self._gone.get(change.id, 0) else change

    def _bury(self, gone: Gone) -> None:
        self._gone.pop(gone.id, None)
        self._gone[gone.id] = gone.rank
        if len(self._gone) > self._settings.fanout_keep_entries:
            del self._gone[next(iter(self._gone))]

    def _lose(self) -> None:
        for mirror in self._mirrors.values():
            mirror.spoil()
        self._on_lost([(client, subscription) for subscription, client in self._listeners.items()])
