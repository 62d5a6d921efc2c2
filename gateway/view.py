"""What one subscription knows and shows, and what each change means to it."""

import heapq
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from gateway.audience import Audience
from gateway.changes import Card, Change, Changed, Gone
from gateway.filters import Conditions


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell; `left` when the session is no longer among those subscribed to."""

    change: Change
    left: bool


class View:
    """Newest wins, whatever the order of arrival, and a session that is not shown is not spoken of.

    A view that was resumed does not know what its client holds. There, the first word about a session that
    does not match is a `left`, for the client may have it.
    """

    def __init__(self, audience: Audience, reader: UUID, conditions: Conditions) -> None:
        self._session_id = audience.session_id
        self._private_of = audience.private_of
        self._reader = reader
        self._conditions = conditions
        self._ranks: dict[str, int] = {}
        self._shown: set[str] = set()
        self._whole = False

    def open(self, cards: Collection[Card], limit: int) -> tuple[list[Card], bool]:
        """Start from a snapshot; answers what to show of it, newest first, and whether `limit` cut it."""
        self._whole = True
        newest: dict[str, Card] = {}
        for card in cards:
            if card.id not in newest or card.rank > newest[card.id].rank:
                newest[card.id] = card
        self._ranks = {card.id: card.rank for card in newest.values()}
        matching = [card for card in newest.values() if self._wants(card)]
        shown = heapq.nlargest(limit, matching, key=lambda card: (card.newest, card.id))
        self._shown = {card.id for card in shown}
        return shown, len(matching) > limit

    def judge(self, change: Change) -> Notice | None:
        """What to tell about a change; `None` when it is old, not asked for, or nothing new."""
        if self._session_id not in (None, change.id):
            return None
        known = self._ranks.get(change.id)
        if (known is not None and change.rank <= known) or self._only_moves(change):
            return None
        self._ranks[change.id] = change.rank
        held = change.id in self._shown or (known is None and not self._whole)
        if isinstance(change, Changed) and self._wants(change.card):
            self._shown.add(change.id)
            return Notice(change, left=False)
        self._shown.discard(change.id)
        return Notice(change, left=True) if held else None

    def _only_moves(self, change: Change) -> bool:
        """The owner's own goes from the team's channel to the owner's, and is heard there."""
        return isinstance(change, Gone) and not change.deleted and change.user_id == self._reader

    def _wants(self, card: Card) -> bool:
        if self._private_of is not None and not (card.private and card.user_id == self._private_of):
            return False
        return self._conditions.hold(card)
