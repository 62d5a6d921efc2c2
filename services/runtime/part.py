"""What a process is made of."""

from collections.abc import Sequence
from typing import Protocol

from fastapi import APIRouter


class Part(Protocol):
    """One service in a process. It is started after its constructor, stopped in reverse order."""

    name: str
    routers: Sequence[APIRouter]
    internal_routers: Sequence[APIRouter]

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def problem(self) -> str | None:
        """Why it does not do its work now; `None` while it does."""
