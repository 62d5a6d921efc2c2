"""The fan-out to gateways: bytes on named channels, kept for a short while so that a gap can be read again.

Every entry has a position, `epoch:offset`. Offsets of a channel rise by one; another epoch means that the
back end lost its memory. This path may lose messages, but whoever compares positions knows that it did.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self


@dataclass(frozen=True, slots=True, order=True)
class Position:
    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.offset}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` wrote; `None` for anything else."""
        epoch, _, offset = text.rpartition(":")
        plain = offset.isascii() and offset.isdigit() and len(offset) <= 16
        return cls(epoch, int(offset)) if epoch and len(epoch) <= 64 and plain else None


@dataclass(frozen=True, slots=True)
class Entry:
    channel: str
    position: Position
    payload: bytes


class Listener(Protocol):
    """One connection that hears any number of channels."""

    async def add(self, channel: str) -> Position:
        """Hear a channel from now on: what comes after the answered position will be delivered (or lost)."""

    async def remove(self, channel: str) -> None: ...

    def __aiter__(self) -> AsyncIterator[Entry]:
        """Entries in the order of their channel. Survives lost connections; what was missed stays missed."""

    async def close(self) -> None: ...


class Fanout(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def problem(self) -> str | None:
        """Why it does not work now, `None` while it does."""

    async def publish(self, channel: str, payload: bytes) -> Position:
        """Append and announce. Raises `ConnectionError` when the back end cannot be reached."""

    async def publish_all(self, entries: Sequence[tuple[str, bytes]]) -> None:
        """The same with many, those of one channel in their order.

        Where it raises, some may have been told, and may be again.
        """

    async def listen(self) -> Listener: ...

    async def tops(self, channels: Sequence[str]) -> Sequence[Position]:
        """The newest position of each channel, in the order asked."""

    async def since(self, channel: str, after: Position) -> Sequence[Entry] | None:
        """Everything after a position, in order; `None` when not all of it is there any more."""
