"""What a process is made of."""

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter


class Part(Protocol):
    """One service in a process: constructed, started, drained, stopped in reverse order."""

    @property
    def name(self) -> str: ...

    @property
    def routers(self) -> Sequence[APIRouter]: ...

    @property
    def internal_routers(self) -> Sequence[APIRouter]:
        """Routes for our own processes, never on the front door."""

    async def start(self) -> None: ...

    async def drain(self) -> None:
        """End what is open to the outside, while the server still runs."""

    async def stop(self) -> None: ...

    def problem(self) -> str | None:
        """Why it does not do its work now; `None` while it does."""
