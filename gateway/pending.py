"""What waits to be sent to those who hear the same: of each session the newest only, and not too often."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace

from gateway.changes import Change, Changed

NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell; `left` when the session is no longer among those subscribed to."""

    change: Change
    left: bool


@dataclass(slots=True)
class Waiting:
    """One session's news. `first` is the first offset it stands for; `absent` are readers not to be told."""

    notice: Notice
    first: int
    due: float
    created: bool = False
    ended: bool = False
    absent: frozenset[str] = NOBODY

    @property
    def size(self) -> int:
        return self.notice.change.size

    def absorb(self, notice: Notice) -> None:
        """Take newer news in its place. That the session began or ended is not overtaken."""
        self.notice = notice
        if isinstance(notice.change, Changed):
            self.created |= notice.change.created
            self.ended |= notice.change.ended


class Pending:
    """A map in the order of arrival. News is due at once, or `interval` seconds after the last was taken.

    With an interval of 0 nothing takes another's place.
    """

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._waiting: dict[Hashable, Waiting] = {}
        self._taken: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        return iter(self._waiting.values())

    def put(
        self, notice: Notice, offset: int, now: float, absent: frozenset[str] = NOBODY
    ) -> tuple[Waiting, bool]:
        """Add news of a session. Answers it as it waits, and whether it took an older one's place."""
        key = self._key(notice.change)
        waiting = self._waiting.get(key)
        known = waiting is not None
        if waiting is None:
            due = max(now, self._taken.get(key, now - self._interval) + self._interval)
            waiting = self._waiting[key] = Waiting(notice, offset, due)
        waiting.absorb(notice)
        waiting.absent = absent
        return waiting, known

    def withdraw(self, id_: str) -> Waiting | None:
        """Forget what waits of a session; answers the newest of it, which stands for all of it."""
        return self._fold([self._waiting.pop(key) for key in self._keys(id_)])

    def withhold(self, id_: str, reader: str) -> Waiting | None:
        """Do not send a reader what waits of a session; answers it as above."""
        kept = [self._waiting[key] for key in self._keys(id_)]
        kept = [waiting for waiting in kept if reader not in waiting.absent]
        for waiting in kept:
            waiting.absent |= {reader}
        return self._fold(kept)

    def next_due(self) -> float | None:
        """When the first becomes due; `None` when nothing waits."""
        return min((waiting.due for waiting in self._waiting.values()), default=None)

    def first(self, top: int) -> int:
        """Find the first offset that has yet to be told; the one after `top` when everything was."""
        return min((waiting.first for waiting in self._waiting.values()), default=top + 1)

    def take(self, now: float, *, count: int, size: int) -> list[Waiting]:
        """Remove what is due, oldest first, up to `count` sessions or `size` bytes, but one at least."""
        self._forget_times(now)
        taken: list[tuple[Hashable, Waiting]] = []
        for key, waiting in self._waiting.items():
            if waiting.due > now:
                continue
            size -= waiting.size
            if taken and (size < 0 or len(taken) == count):
                break
            taken.append((key, waiting))
        for key, _ in taken:
            del self._waiting[key]
            if self._interval:
                self._taken.pop(key, None)
                self._taken[key] = now
        return [waiting for _, waiting in taken]

    def _key(self, change: Change) -> Hashable:
        return change.id if self._interval else (change.id, change.rank)

    def _keys(self, id_: str) -> list[Hashable]:
        if self._interval:
            return [id_] if id_ in self._waiting else []
        return [key for key, waiting in self._waiting.items() if waiting.notice.change.id == id_]

    def _fold(self, some: list[Waiting]) -> Waiting | None:
        if not some:
            return None
        created, ended = any(one.created for one in some), any(one.ended for one in some)
        return replace(some[-1], created=created, ended=ended)

    def _forget_times(self, now: float) -> None:
        while self._taken and (first := next(iter(self._taken))):
            if self._taken[first] + self._interval > now:
                return
            del self._taken[first]
