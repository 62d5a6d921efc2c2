"""What waits to be sent on one socket: of each session the newest only, and not too often."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from gateway.changes import Changed
from gateway.view import Notice

Key = tuple[Hashable, str]


@dataclass(slots=True)
class Waiting:
    """One session's news for one subscription.

    `unsent` has, for each fan-out channel, the first offset that this stands for.
    """

    notice: Notice
    due: float
    created: bool = False
    ended: bool = False
    unsent: dict[str, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.notice.change.size

    def absorb(self, notice: Notice, channel: str, offset: int) -> None:
        """Take newer news in its place. That the session began or ended is not overtaken."""
        self.notice = notice
        self.unsent.setdefault(channel, offset)
        if isinstance(notice.change, Changed):
            self.created |= notice.change.created
            self.ended |= notice.change.ended


class Pending:
    """A map in the order of arrival. News is due at once, or `interval` seconds after the last was taken."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._waiting: dict[Key, Waiting] = {}
        self._taken: dict[Key, float] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, owner: Hashable, notice: Notice, channel: str, offset: int, now: float) -> Waiting | None:
        """Add news of a session. Answers what is new in the map; `None` when it took an older one's place."""
        key = (owner, notice.change.id)
        waiting = self._waiting.get(key)
        known = waiting is not None
        if waiting is None:
            due = max(now, self._taken.get(key, now - self._interval) + self._interval)
            waiting = self._waiting[key] = Waiting(notice, due)
        else:
            self.size -= waiting.size
        waiting.absorb(notice, channel, offset)
        self.size += waiting.size
        return None if known else waiting

    def next_due(self) -> float | None:
        """When the first becomes due; `None` when nothing waits."""
        return min((waiting.due for waiting in self._waiting.values()), default=None)

    def overdue(self, now: float) -> tuple[int, int]:
        """How many sessions, and bytes, could have been taken by now."""
        due = [waiting.size for waiting in self._waiting.values() if waiting.due <= now]
        return len(due), sum(due)

    def take(self, now: float, *, count: int, size: int) -> list[tuple[Hashable, Waiting]]:
        """Remove what is due, oldest first, up to `count` sessions or `size` bytes, but one at least."""
        self._forget_times(now)
        taken: list[tuple[Key, Waiting]] = []
        for key, waiting in self._waiting.items():
            if waiting.due > now:
                continue
            size -= waiting.size
            if taken and (size < 0 or len(taken) == count):
                break
            taken.append((key, waiting))
        for key, waiting in taken:
            self._remove(key, waiting)
            self._taken.pop(key, None)
            self._taken[key] = now
        return [(owner, waiting) for (owner, _), waiting in taken]

    def drop(self, owner: Hashable) -> int:
        """Forget everything of one subscription; answers how much it was."""
        gone = [(key, waiting) for key, waiting in self._waiting.items() if key[0] == owner]
        for key, waiting in gone:
            self._remove(key, waiting)
        self._taken = {key: at for key, at in self._taken.items() if key[0] != owner}
        return len(gone)

    def unsent(self, owner: Hashable) -> dict[str, int]:
        """For each fan-out channel, the first offset of which this subscription has not been told."""
        lowest: dict[str, int] = {}
        for channel, offset in self._offsets(owner):
            lowest[channel] = min(offset, lowest.get(channel, offset))
        return lowest

    def _offsets(self, owner: Hashable) -> Iterable[tuple[str, int]]:
        for key, waiting in self._waiting.items():
            if key[0] == owner:
                yield from waiting.unsent.items()

    def _remove(self, key: Key, waiting: Waiting) -> None:
        del self._waiting[key]
        self.size -= waiting.size

    def _forget_times(self, now: float) -> None:
        while self._taken and (first := next(iter(self._taken))):
            if self._taken[first] + self._interval > now:
                return
            del self._taken[first]
