"""A snapshot that is asked for once, shared, and kept current by the changes that follow it."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from gateway.changes import Card, Changed, SessionChange
from gateway.flight import Flight
from services.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class Content:
    """A snapshot's answer. `truncated`: there are older ones beside these."""

    cards: Collection[Card]
    truncated: bool


class Mirror:
    """The sessions of one source as they are now.

    Whoever feeds it has to hear the fan-out before `fresh` is called: what changes while the snapshot is
    under way is applied afterwards, the newest version winning, so that nothing falls between the two.
    """

    def __init__(self, load: Callable[[], Awaitable[Content]], clock: Clock, keep_seconds: float) -> None:
        self._load = load
        self._clock = clock
        self._keep = keep_seconds
        self._cards: dict[str, Card] = {}
        self._ranks: dict[str, int] = {}
        self._meanwhile: list[SessionChange] = []
        self._loaded_at: float | None = None
        self._loading: Flight | None = None
        self._spoilt = 0
        self.truncated = False

    @property
    def ready(self) -> bool:
        """Whether `cards` are whole and current."""
        return self._loaded_at is not None

    @property
    def cards(self) -> Collection[Card]:
        return self._cards.values()

    @property
    def is_old(self) -> bool:
        """Whether the next reader would have it loaded again."""
        expired = self._loaded_at is None or self._clock.monotonic() - self._loaded_at >= self._keep
        return expired and not self._is_loading()

    async def fresh(self) -> None:
        """Load unless that was done within `keep_seconds`. Any number of callers share one load.

        Raises `ConnectionError` when the snapshot cannot be had.
        """
        if self.is_old:
            self._loading = Flight(self._run())
        if self._loading is not None and not self._loading.is_over:
            await self._loading.join()

    def apply(self, change: SessionChange) -> None:
        if self._is_loading():
            self._meanwhile.append(change)
        if self.ready:
            self._apply(change)

    def spoil(self) -> None:
        """Something was missed: what is here cannot be trusted, nor what is being loaded."""
        self._spoilt += 1
        self._loaded_at = None
        self._cards, self._ranks = {}, {}

    def _is_loading(self) -> bool:
        return self._loading is not None and not self._loading.is_over

    async def _run(self) -> None:
        while True:
            spoilt, self._meanwhile = self._spoilt, []
            content = await self._load()
            if spoilt == self._spoilt:
                break
        self._cards = {card.id: card for card in content.cards}
        self._ranks = {card.id: card.rank for card in content.cards}
        self.truncated = content.truncated
        for change in self._meanwhile:
            self._apply(change)
        self._meanwhile = []
        self._loaded_at = self._clock.monotonic()

    def _apply(self, change: SessionChange) -> None:
        if change.rank <= self._ranks.get(change.id, -1):
            return
        self._ranks[change.id] = change.rank
        if isinstance(change, Changed):
            self._cards[change.id] = change.card
        else:
            self._cards.pop(change.id, None)
