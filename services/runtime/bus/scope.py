"""What a handler publishes while it works on a batch belongs to that batch."""

import asyncio
from contextvars import ContextVar, Token
from typing import Self


class Scope:
    """Collects what one call of a handler publishes.

    A handler that waited for another one, which waits for it in turn, would wait for ever. So a handler does
    not wait; whoever published the batch does.
    """

    def __init__(self) -> None:
        self._published: list[asyncio.Future[None]] = []
        self._token: Token[Scope | None] | None = None
        self._is_open = False

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        self._is_open = True
        return self

    def __exit__(self, *_: object) -> None:
        assert self._token is not None
        _current.reset(self._token)
        self._is_open = False

    @classmethod
    def current(cls) -> "Scope | None":
        """The scope of the handler that runs now; `None` outside of one, and in a task that outlives it."""
        scope = _current.get()
        return scope if scope is not None and scope._is_open else None  # noqa: SLF001 - its own class

    def add(self, finished: asyncio.Future[None]) -> None:
        self._published.append(finished)

    @property
    def is_finished(self) -> bool:
        return not self._published

    async def finished(self) -> None:
        """Wait until all that was published here is finished; raises what one of them ended with."""
        await asyncio.wait(self._published)
        for each in self._published:
            each.result()


_current: ContextVar[Scope | None] = ContextVar("scope", default=None)
