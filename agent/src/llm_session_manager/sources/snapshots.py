"""Changed sessions, built when they are looked at: a first reading finds a thousand of them."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

from llm_session_manager.sources import Snapshot

Change = TypeVar("Change")


class Snapshots(Sequence[Snapshot], Generic[Change]):
    """Snapshots that exist only while they are used.

    Each holds what its session is when it is taken out; look at them before the next `refresh`.
    """

    def __init__(self, changes: Sequence[Change], build: Callable[[Change], Snapshot]) -> None:
        self._changes = changes
        self._build = build

    def __len__(self) -> int:
        return len(self._changes)

    @overload
    def __getitem__(self, index: int) -> Snapshot: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Snapshot]: ...
    def __getitem__(self, index: int | slice) -> Snapshot | Sequence[Snapshot]:
        if isinstance(index, slice):
            return Snapshots(self._changes[index], self._build)
        return self._build(self._changes[index])
