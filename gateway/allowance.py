"""How much a client may say."""

WINDOW_SECONDS = 60.0


class Allowance:
    """So many messages in any minute, and so many in all that cannot be understood."""

    __slots__ = ("_bad_left", "_per_minute", "_times")

    def __init__(self, per_minute: int, bad_frames: int) -> None:
        self._per_minute = per_minute
        self._bad_left = bad_frames
        self._times: list[float] = []

    def take(self, now: float) -> bool:
        """Count a message; `False` when it is one too many."""
        self._times = [at for at in self._times if at > now - WINDOW_SECONDS]
        self._times.append(now)
        return len(self._times) <= self._per_minute

    def forgive(self) -> bool:
        """Count a bad one; `False` when it was the last that is borne."""
        self._bad_left -= 1
        return self._bad_left > 0
