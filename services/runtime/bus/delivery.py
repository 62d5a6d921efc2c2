"""What a back end hands to the worker."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from services.runtime.bus import Message, Rejection
from services.runtime.bus.inbox import Inbox


class Delivery(Protocol):
    """One message, to be settled once."""

    @property
    def message(self) -> Message: ...

    @property
    def forged(self) -> str | None:
        """What its sender pretended about its way here; `None` for an honest message."""

    async def done(self) -> None:
        """Settle it. Never raises: where that is impossible, the message comes again."""

    async def bury(self, rejection: Rejection) -> None:
        """Make it a dead letter, then settle it. Raises when the dead letter could not be kept."""

    async def give_back(self) -> None:
        """Let it be delivered again. Never raises."""


Delivered = TypeVar("Delivered", bound=Delivery)


class Feed(Protocol[Delivered]):
    """Where a worker's deliveries come from, and who handles them."""

    @property
    def inbox(self) -> Inbox[Delivered]: ...

    async def call(self, deliveries: Sequence[Delivered]) -> Sequence[Rejection | None]:
        """Call the handler."""

    async def done(self, deliveries: Sequence[Delivered]) -> None:
        """Settle these, as `Delivery.done` does each."""

    async def close(self, deliveries: Sequence[Delivered], problem: str | None) -> None:
        """End: these are unsettled and go back; `problem` says why no more is handled. Never raises."""
