"""Which session owns a message that several files hold."""

from array import array
from collections.abc import Iterable, Sequence

from llm_session_manager.sources.rows import Index

NEVER = 1 << 62
_SHARED, _NOBODY = 2**32 - 1, 2**32 - 2


class Owners:
    """One owner for each message and prompt across all sessions, whatever the order in which they were read.

    The main chain comes before a sub-agent, an original before its background copy, then the
    session that started earlier, then the one whose name sorts first: copies that begin at once look alike.
    A rank says how a session holds an id: 2 for a sub-agent's line, and 1 more for a background copy's.
    """

    def __init__(self) -> None:
        self._index = Index()
        self._held: array[int] = array("I")
        self._shared: dict[int, tuple[int, ...]] = {}
        self._peers: list[set[int]] = []
        self._starts: list[int] = []
        self._names: list[str] = []

    def register(self, name: str) -> int:
        """The number of a new session."""
        number = len(self._names)
        self._names.append(name)
        self._starts.append(NEVER)
        self._peers.append(set())
        return number

    def started(self, session: int, at: int) -> None:
        """State when a session's first line was written."""
        self._starts[session] = at

    def peers(self, session: int) -> set[int]:
        """The sessions that hold an id of this one."""
        return self._peers[session]

    def add(self, key: int, session: int, rank: int) -> None:
        place, code = self._index.find(key), session * 4 + rank
        if place < 0:
            self._index.add(key)
            self._held.append(code)
        elif self._held[place] != code:
            self._share(key, place, code)

    def forget(self, keys: Iterable[int], session: int) -> None:
        """Take a session's hold of `keys` away."""
        for key in keys:
            place = self._index.find(key)
            if place >= 0:
                self._hold(key, place, [code for code in self._codes(key, place) if code // 4 != session])

    def _share(self, key: int, place: int, code: int) -> None:
        session, codes = code // 4, self._codes(key, place)
        others = [other for other in codes if other // 4 != session]
        mine = min([code, *(other for other in codes if other // 4 == session)])
        self._hold(key, place, [*others, mine])
        for other in others:
            self._peers[session].add(other // 4)
            self._peers[other // 4].add(session)

    def _codes(self, key: int, place: int) -> Sequence[int]:
        """Who holds an id and how: four times the session and the rank."""
        held = self._held[place]
        return self._shared[key] if held == _SHARED else () if held == _NOBODY else (held,)

    def _hold(self, key: int, place: int, codes: list[int]) -> None:
        self._shared.pop(key, None)
        if len(codes) > 1:
            self._shared[key] = tuple(sorted(codes))
        self._held[place] = _SHARED if len(codes) > 1 else codes[0] if codes else _NOBODY

    def owns(self, session: int, key: int) -> bool:
        """Whether `session` owns an id; one that nobody holds is everybody's own."""
        place = self._index.find(key)
        codes = self._codes(key, place) if place >= 0 else ()
        if len(codes) > 1:
            codes = sorted(codes, key=lambda code: self.precedence(*divmod(code, 4)))
        return not codes or codes[0] // 4 == session

    def precedence(self, session: int, rank: int) -> tuple[int, int, str]:
        """Sorts the sessions that hold one id: the first is its owner."""
        return rank, self._starts[session], self._names[session]
