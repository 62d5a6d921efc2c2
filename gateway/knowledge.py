"""What a feed knows of its sessions: how far each has come, and how it looks to those who hear of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.changes import Card, Change, Changed, Face

REMEMBERED = 20_000


@dataclass(slots=True)
class Seen:
    """One session.

    `rank` is the newest known of it. `faces` are all that some listener may have on the screen. `told`: the
    listeners were told of that rank, rather than that a snapshot was newer than what they have heard.
    `certain`: every listener has one of the faces, or none if there is none.
    """

    rank: int
    faces: tuple[Face, ...] = ()
    told: bool = True
    certain: bool = True


class Knowledge:
    """The newest wins, whatever the order of arrival.

    It is bounded: who was forgotten is unknown, and `complete` says that this has not happened yet.
    """

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self.complete = True

    def get(self, id_: str) -> Seen | None:
        return self._seen.get(id_)

    def is_news(self, change: Change) -> bool:
        """Whether it has to be told; a snapshot that was ahead of the fan-out has been heard by some only."""
        seen = self._seen.get(change.id)
        return seen is None or change.rank > seen.rank or (change.rank == seen.rank and not seen.told)

    def learn(self, change: Change) -> None:
        """Take note of what was told before there was anybody here; newer things are known better."""
        seen = self._seen.get(change.id)
        if seen is None or seen.rank < change.rank:
            known = () if seen is None else seen.faces
            self._keep(change.id, Seen(change.rank, (*known, *_faces(change)), certain=False))

    def inherit(self, id_: str, other: Seen | None) -> None:
        """A session is coming over from another source, and looks to those who see it as it did there."""
        if other is not None:
            seen = self._seen.setdefault(id_, Seen(other.rank))
            seen.faces = (*seen.faces, *(face for face in other.faces if face not in seen.faces))
            seen.certain = seen.certain and other.certain

    def has_told(self, id_: str, rank: int) -> bool:
        """Whether the listeners were told of a session what it is since that rank."""
        seen = self._seen.get(id_)
        return seen is not None and seen.told and seen.rank >= rank

    def has_gone(self, id_: str, after: int) -> bool:
        """Whether a session has gone from this source since that rank."""
        seen = self._seen.get(id_)
        return seen is not None and not seen.faces and seen.rank > after

    def tell(self, change: Change) -> None:
        """Everybody who listens is being told of this."""
        self._keep(change.id, Seen(change.rank, _faces(change)))

    def merge(self, cards: Iterable[Card]) -> None:
        """Somebody is being given these as a snapshot."""
        for card in cards:
            seen = self._seen.get(card.id)
            if seen is None:
                self._seen[card.id] = Seen(card.rank, (card.face,), told=False, certain=False)
            elif card.rank > seen.rank:
                faces = seen.faces if card.face in seen.faces else (*seen.faces, card.face)
                self._seen[card.id] = Seen(card.rank, faces, told=False, certain=seen.certain)

    def lose(self) -> None:
        """Something was missed, and everybody starts anew. What has gone stays gone all the same."""
        self._seen = {id_: seen for id_, seen in self._seen.items() if not seen.faces}
        self.complete = True

    def shows(self, id_: str, wants: Callable[[Face], bool], *, whole: bool) -> bool:
        """Whether a listener may have the session on the screen.

        `whole`: these listeners began with a snapshot, rather than with what they held before.
        """
        seen = self._seen.get(id_)
        if seen is None:
            return not (whole and self.complete)
        return any(wants(face) for face in seen.faces) or not (seen.certain or whole)

    def _keep(self, id_: str, seen: Seen) -> None:
        self._seen.pop(id_, None)
        self._seen[id_] = seen
        if len(self._seen) > REMEMBERED:
            del self._seen[next(iter(self._seen))]
            self.complete = False


def _faces(change: Change) -> tuple[Face, ...]:
    return (change.card.face,) if isinstance(change, Changed) else ()
