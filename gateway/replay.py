"""What a client that comes back has missed: of each session the newest, as it concerns this reader."""

from collections.abc import Sequence

from gateway.audience import Interest
from gateway.changes import Change, Changed, CommandNews, Gone, MemberNews, OtherNews, SessionChange
from gateway.feed import Feed
from gateway.pending import Notice, Waiting
from services.runtime.fanout import Entry


class Replay:
    """Nothing is known of what the client holds: a session that is not asked for may be on its screen."""

    def __init__(self, interest: Interest, reader: str, feeds: Sequence[Feed]) -> None:
        self._interest = interest
        self._reader = reader
        self._feeds = feeds
        self._found: dict[str, tuple[int, Waiting]] = {}

    def take(self, place: int, entries: Sequence[Entry]) -> None:
        """Add what one source has had, in order."""
        for entry in entries:
            change = self._feeds[place].change(entry)
            if change is None:
                continue
            notice = self._judge(self._feeds[place], change)
            self._feeds[place].knowledge.learn(change)
            if notice is not None:
                self._add(place, notice, entry.position.offset)

    def news(self) -> Sequence[tuple[int, Waiting]]:
        """Give it, each with the place of its source."""
        return [
            (place, waiting) for place, waiting in self._found.values() if not self._is_over(place, waiting)
        ]

    def _is_over(self, place: int, waiting: Waiting) -> bool:
        change = waiting.notice.change
        return isinstance(change, OtherNews) and self._feeds[place].is_over(change)

    def _judge(self, feed: Feed, change: Change) -> Notice | None:
        if isinstance(change, MemberNews):
            oneself = change.type == "member_left" and change.owner == self._reader
            return Notice(change, left=False) if self._interest.is_wide and not oneself else None
        if isinstance(change, OtherNews):
            return Notice(change, left=False) if self._concerns(feed, change) else None
        if self._is_overtaken(feed, change):
            return None
        if isinstance(change, CommandNews):
            shown = feed.knowledge.shows(change.session_id, self._interest.wants, whole=False)
            return Notice(change, left=False) if shown else None
        if isinstance(change, Changed) and self._interest.wants(change.card.face):
            return Notice(change, left=False)
        # The owner's own goes from the team's channel to the owner's, and is heard there.
        moves = isinstance(change, Gone) and not change.deleted and change.owner == self._reader
        return None if moves else Notice(change, left=True)

    def _concerns(self, feed: Feed, news: OtherNews) -> bool:
        person = feed.source.owner_id
        own = news.owner or (str(person) if person else None)
        if self._interest.private_of is not None and self._interest.private_of == own:
            return True
        of_session = news.session_id is not None and self._interest.session_id == news.session_id
        return not news.personal and (self._interest.is_wide or of_session)

    def _is_overtaken(self, feed: Feed, change: SessionChange | CommandNews) -> bool:
        own = not isinstance(change, CommandNews) and change.owner == self._reader
        known = [one.knowledge.get(change.id) for one in (self._feeds if own else (feed,))]
        return any(seen is not None and seen.rank > change.rank for seen in known)

    def _add(self, place: int, notice: Notice, offset: int) -> None:
        waiting = Waiting(notice, offset, 0.0)
        waiting.absorb(notice)
        _, earlier = self._found.pop(notice.change.id, (place, None))
        if earlier is not None:
            waiting.created |= earlier.created
            waiting.ended |= earlier.ended
        self._found[notice.change.id] = (place, waiting)
