"""Sums of a session's usage: tokens by kind and picodollars."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from llm_session_manager.protocol import Usage
from services.contracts.prices import MOST_PICO, PriceBook


@dataclass(frozen=True, slots=True)
class Priced:
    usage: Usage
    cost_pico: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """`cost_pico` is `None` as soon as one model in use has no known price, or beyond `MOST_PICO`."""

    input: int
    output: int
    cache_read: int
    cache_write: int
    reasoning: int | None
    cost_pico: int | None
    unpriced_models: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.input + self.output + self.cache_read + self.cache_write


def price(usage: Iterable[Usage], book: PriceBook) -> tuple[Priced, ...]:
    return tuple(Priced(use, book.cost(use)) for use in usage)


def cost_of(totals: Totals, *, counted: bool) -> dict[str, Any]:
    """The columns of a session's cost; it has none where not all of its tokens are `counted` by kind."""
    return {
        "cost_pico": totals.cost_pico if counted else None,
        "unpriced_models": list(totals.unpriced_models),
    }


def sum_up(priced: tuple[Priced, ...]) -> Totals:
    uses = [each.usage for each in priced]
    reasoning = [use.reasoning for use in uses if use.reasoning is not None]
    unpriced = {each.usage.model or "unknown" for each in priced if each.cost_pico is None}
    cost = sum(each.cost_pico or 0 for each in priced)
    return Totals(
        input=sum(use.input for use in uses),
        output=sum(use.output for use in uses),
        cache_read=sum(use.cache_read for use in uses),
        cache_write=sum(use.cache_write_5m + use.cache_write_1h for use in uses),
        reasoning=sum(reasoning) if reasoning else None,
        cost_pico=None if unpriced or cost > MOST_PICO else cost,
        unpriced_models=tuple(sorted(unpriced)),
    )
