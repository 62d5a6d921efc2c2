"""What waits for one socket that is not in step with the others: of each session the newest only."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from gateway.pending import Notice, Waiting

Key = tuple[Hashable, str]


@dataclass(slots=True)
class Held:
    """One session's news for one subscription.

    `unsent` has, for each of the subscription's sources, the first offset that this stands for.
    """

    notice: Notice
    created: bool = False
    ended: bool = False
    unsent: dict[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return self.notice.change.size


class Backlog:
    """A map in the order of arrival, of `size` bytes."""

    def __init__(self) -> None:
        self._held: dict[Key, Held] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._held)

    def put(self, owner: Hashable, waiting: Waiting, source: int) -> bool:
        """Add news of a session; answers whether it took an older one's place."""
        notice = waiting.notice
        key = (owner, notice.change.id)
        held = self._held.get(key)
        known = held is not None
        if held is None:
            held = self._held[key] = Held(notice)
        else:
            self.size -= held.size
            held.notice = notice
        held.created |= waiting.created
        held.ended |= waiting.ended
        held.unsent[source] = min(waiting.first, held.unsent.get(source, waiting.first))
        self.size += held.size
        return known

    def take(self, *, count: int, size: int) -> Sequence[tuple[Hashable, Held]]:
        """Remove the oldest, up to `count` sessions or `size` bytes, but one at least."""
        taken: list[Key] = []
        for key, held in self._held.items():
            size -= held.size
            if taken and (size < 0 or len(taken) == count):
                break
            taken.append(key)
        return [(key[0], self._remove(key)) for key in taken]

    def drop(self, owner: Hashable) -> int:
        """Forget everything of one subscription; answers how much it was."""
        gone = [key for key in self._held if key[0] == owner]
        for key in gone:
            self._remove(key)
        return len(gone)

    def first(self, owner: Hashable, source: int, top: int) -> int:
        """Find the first offset of a source that this subscription has yet to be told, at most `top` + 1."""
        offsets = [
            held.unsent[source]
            for key, held in self._held.items()
            if key[0] == owner and source in held.unsent
        ]
        return min(offsets, default=top + 1)

    def _remove(self, key: Key) -> Held:
        held = self._held.pop(key)
        self.size -= held.size
        return held
