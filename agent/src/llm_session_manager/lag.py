"""A server that knows less than it has confirmed."""

import time
from dataclasses import dataclass

from llm_session_manager import protocol


@dataclass(frozen=True, slots=True)
class Lag:
    """A server that knew only `known` where it had confirmed `expected`; to be asked again when `due`."""

    due: float
    expected: protocol.Position
    known: protocol.Position

    def stands(self, known: protocol.Position) -> bool:
        """Whether the server has come no further in the time it was given."""
        return time.monotonic() >= self.due and order(known) <= order(self.known)


def order(position: protocol.Position) -> tuple[int, int]:
    """Where a report comes among all of its agent's."""
    return position.epoch, position.n
