"""Which session owns a message that several files hold."""

from collections.abc import Iterable

NEVER = 1 << 62


class Owners:
    """One owner for each message and prompt across all sessions, whatever the order in which they were read.

    The main chain comes before a sub-agent, an original before its background copy, then the
    session that started earlier, then the one whose name sorts first: copies that begin at once look alike.
    A rank says how a session holds an id: 2 for a sub-agent's line, and 1 more for a background copy's.
    """

    def __init__(self) -> None:
        self._held: dict[int, int | tuple[int, ...]] = {}
        self._peers: list[set[int]] = []
        self._starts: list[int] = []
        self._names: list[str] = []
        self._codes: list[tuple[int, ...]] = []

    def register(self, name: str) -> int:
        """The number of a new session."""
        number = len(self._names)
        self._names.append(name)
        self._starts.append(NEVER)
        self._peers.append(set())
        self._codes.append(tuple(number * 4 + rank for rank in range(4)))
        return number

    def started(self, session: int, at: int) -> None:
        """State when a session's first line was written."""
        self._starts[session] = at

    def peers(self, session: int) -> set[int]:
        """The sessions that hold an id of this one."""
        return self._peers[session]

    def add(self, key: int, session: int, rank: int) -> None:
        code = self._codes[session][rank]
        held = self._held.setdefault(key, code)
        if held == code:
            return
        codes = held if isinstance(held, tuple) else (held,)
        others = [other for other in codes if other // 4 != session]
        mine = min([code, *(other for other in codes if other // 4 == session)])
        self._held[key] = tuple(sorted([*others, mine])) if others else mine
        for other in others:
            self._peers[session].add(other // 4)
            self._peers[other // 4].add(session)

    def forget(self, keys: Iterable[int], session: int) -> None:
        """Take a session's hold of `keys` away."""
        for key in keys:
            held = self._held.get(key, ())
            codes = held if isinstance(held, tuple) else (held,)
            others = tuple(code for code in codes if code // 4 != session)
            if others:
                self._held[key] = others if len(others) > 1 else others[0]
            else:
                self._held.pop(key, None)

    def owns(self, session: int, key: int) -> bool:
        """Whether `session` owns an id; one that nobody holds is everybody's own."""
        held = self._held.get(key)
        if not isinstance(held, tuple):
            return held is None or held // 4 == session
        return min(held, key=lambda code: self.precedence(*divmod(code, 4))) // 4 == session

    def precedence(self, session: int, rank: int) -> tuple[int, int, str]:
        """Sorts the sessions that hold one id: the first is its owner."""
        return rank, self._starts[session], self._names[session]
