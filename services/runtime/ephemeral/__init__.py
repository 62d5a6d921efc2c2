"""Small shared values that expire: tickets, rate buckets, revoked ids."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter after one was added, and the seconds until it begins anew."""

    count: int
    seconds_left: float


class Ephemeral(Protocol):
    """All calls raise `ConnectionError` when the back end cannot be reached."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value; replaces an older one and its expiry."""

    async def get(self, key: str) -> bytes | None: ...

    async def take(self, key: str) -> bytes | None:
        """Get and remove in one step: of many takers exactly one gets the value."""

    async def increment(self, key: str, seconds: float) -> Counted:
        """Add one to a counter that expires `seconds` after its first increment."""
