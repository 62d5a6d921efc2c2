"""One source of sessions: its track, its snapshots, and the groups that hear it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from gateway.audience import Interest, Source
from gateway.changes import Change, CommandNews, MemberNews, OtherNews, SessionChange, read_change
from gateway.client import Subscription
from gateway.connection import Surroundings
from gateway.flight import Flight
from gateway.group import Group
from gateway.knowledge import Knowledge
from gateway.mirror import Content, Mirror
from gateway.snapshot import Snapshots
from gateway.track import Track
from services.runtime.fanout import Entry, Fanout, Position

# Entries that need not be read again for clients that come back; many of them come at once.
KEPT_READ = 200

Key = tuple[Interest, bool]


class Feed:
    """Reads each entry once for everybody. `users` counts those who are about to attach."""

    def __init__(
        self,
        source: Source,
        fanout: Fanout,
        snapshots: Snapshots,
        around: Surroundings,
        on_lost: Callable[[Sequence[Subscription]], None],
        on_news: Callable[[Change], None],
        on_session: Callable[[SessionChange], None],
    ) -> None:
        self.source = source
        self.channel = source.channel
        self.users = 0
        self.opening: Flight | None = None
        self.knowledge = Knowledge()
        self.track = Track(fanout, source.channel, around.clock, self._take, self._lose)
        self._snapshots = snapshots
        self._around = around
        self.renew = on_lost
        self._on_news = on_news
        self._on_session = on_session
        self._groups: dict[Key, Group] = {}
        self._wide: tuple[Group, ...] = ()
        self._narrow: defaultdict[str, tuple[Group, ...]] = defaultdict(tuple)
        self._mirrors: dict[str | None, Mirror] = {}
        self._read: dict[Position, Change | None] = {}

    @property
    def position(self) -> Position:
        return self.track.position

    @property
    def place(self) -> int:
        """Where it comes in an audience: what is shared first, then a reader's own."""
        return 0 if self.source.owner_id is None else 1

    @property
    def is_idle(self) -> bool:
        opening = self.opening is not None and not self.opening.is_over
        return not self._groups and not self.users and not opening

    def mirror(self, session_id: str | None) -> Mirror:
        """The snapshot of all sessions, or of one."""
        if session_id not in self._mirrors:
            self._mirrors[session_id] = Mirror(
                lambda: self._load(session_id),
                self._around.clock,
                self._around.settings.snapshot_cache_seconds,
            )
        return self._mirrors[session_id]

    def group(self, interest: Interest, *, whole: bool) -> Group:
        """Those who hear the same of this; somebody is about to join them."""
        key = (interest, whole)
        if key not in self._groups:
            self._groups[key] = Group(self, interest, self.place, self._around, whole=whole)
            self._sort()
        return self._groups[key]

    def dissolve(self, group: Group) -> None:
        if self._groups.pop((group.interest, group.whole), None):
            self._sort()

    def change(self, entry: Entry) -> Change | None:
        """Read an entry, or look up how it was read; `None` for one that means nothing here."""
        if entry.position not in self._read:
            self._read[entry.position] = read_change(entry.payload)
            if len(self._read) > KEPT_READ:
                del self._read[next(iter(self._read))]
        return self._read[entry.position]

    def forget_old(self) -> None:
        """Let go of snapshots that nobody would be served from. Not while somebody waits for one."""
        if not self.users:
            self._mirrors = {key: mirror for key, mirror in self._mirrors.items() if not mirror.is_old}

    def spoil(self) -> None:
        """Have the next reader's snapshot loaded anew."""
        for mirror in self._mirrors.values():
            mirror.spoil()

    async def _load(self, session_id: str | None) -> Content:
        content = await self._snapshots.load(self.source, session_id)
        self.knowledge.merge(content.cards)
        return content

    def _sort(self) -> None:
        self._wide = tuple(group for group in self._groups.values() if group.interest.is_wide)
        self._narrow.clear()
        for group in self._groups.values():
            named = group.interest.session_id or group.interest.private_of
            if named is not None:
                self._narrow[named] += (group,)

    def _take(self, entry: Entry) -> None:
        for group in self._groups.values():
            group.moved()
        change = self.change(entry)
        # What was published late, after newer things were told, is for nobody.
        if change is None or not self.knowledge.is_news(change):
            return
        if isinstance(change, SessionChange):
            self._on_session(change)
            for key, mirror in self._mirrors.items():
                if key in (None, change.id):
                    mirror.apply(change)
        told = [group.tell(change, entry.position.offset) for group in self._hearing(change)]
        self.knowledge.tell(change)
        if any(told):
            self._on_news(change)

    def _hearing(self, change: Change) -> Iterable[Group]:
        if isinstance(change, MemberNews):
            return self._wide
        if isinstance(change, OtherNews):
            return self._hearing_other(change)
        if isinstance(change, CommandNews):
            named = (change.session_id, str(self.source.owner_id))
        else:
            named = (change.id, change.owner)
        return (*self._wide, *self._narrow.get(named[0], ()), *self._narrow.get(named[1], ()))

    def _hearing_other(self, news: OtherNews) -> Iterable[Group]:
        if self.is_over(news):
            return ()
        # A person's own is for their own channel, too; a team's source has no such person.
        own = self._narrow.get(news.owner or str(self.source.owner_id), ())
        if news.personal:
            return own
        return (*self._wide, *own, *self._narrow.get(news.session_id or "", ()))

    def is_over(self, news: OtherNews) -> bool:
        """Whether it is about a session that has gone from here since."""
        return news.session_id is not None and self.knowledge.has_gone(news.session_id, news.session_rank)

    def _lose(self) -> None:
        self.knowledge.lose()
        self.spoil()
        self.renew([one for group in tuple(self._groups.values()) for one in group.members])
