"""What tokens cost at the vendors' list prices, or a team's own: an API equivalent, never a bill.

Amounts are whole picodollars (1e-12 USD), so that sums agree however they are grouped.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import resources
from typing import Any

import orjson

from llm_session_manager.protocol import Usage

PICO = 10**12
# Picodollars for a token, where a million of them cost a dollar.
DOLLARS = 10**6
MOST_PICO = 2**63 - 1

# By model and kind of token, in US dollars for a million of them.
OwnPrices = Mapping[str, Mapping[str, float | None]]

# Names come from session files: what was found is not kept without end.
MOST_FOUND = 10_000

_PREFIX = re.compile(r"^(?:[a-z0-9_.-]+/)+")
_DATE = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")
_MODE = re.compile(r"-(?:minimal|low|medium|high|xhigh|max|thinking|fast)$")


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The prices of one day. `models` maps a model's name to its row of `book.json`.

    Somebody's `own` prices go before them, in rows alike.
    """

    as_of: str
    models: Mapping[str, Mapping[str, Any]]
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _found: dict[str, Mapping[str, Any] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _rated: dict[tuple[str, int, str], "Rates | None"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def row(self, model: str) -> Mapping[str, Any] | None:
        """Find a model under the spellings that session files use; `None` when it is not listed."""
        if model not in self._found:
            if len(self._found) >= MOST_FOUND:
                self._found.clear()
            self._found[model] = self._row(model)
        return self._found[model]

    def _row(self, model: str) -> Mapping[str, Any] | None:
        for models in (self.own, self.models):
            for name in _spellings(model):
                if name in models:
                    return models[name]
        return None

    def with_own(self, prices: OwnPrices) -> "PriceBook":
        """The same with somebody's own prices before it, if they have any."""
        if not prices:
            return self
        rows = {
            model: {kind: round(price * DOLLARS) for kind, price in row.items() if price is not None}
            for model, row in prices.items()
        }
        return replace(self, own=rows)

    def window(self, model: str) -> int | None:
        """Return the largest prompt that the model's API takes."""
        row = self.row(model)
        return row.get("window") if row else None

    def cost(self, usage: Usage) -> int | None:
        """Return picodollars; `None` when the model or its price for what was used is unknown.

        It is `None` too beyond `MOST_PICO`, nine million dollars.

        The formula is that of the price table's documentation: uncached input, cache reads, cache writes
        (5 minutes and 1 hour) and output each at their price; without a price for cached tokens they cost
        what input costs; the prices of the usage's band and tier replace the base prices.
        """
        rates = self._rates(usage.model, usage.band, usage.service_tier) if usage.model else None
        if rates is None:
            return None
        parts = (
            usage.input, usage.output, usage.cache_read, usage.cache_write_5m, usage.cache_write_1h,
        )  # fmt: skip
        total = 0
        for tokens, each in zip(parts, rates.prices, strict=True):
            if tokens and each is None:
                return None
            total += tokens * (each or 0)
        cost = total * rates.percent // 100
        return cost if cost <= MOST_PICO else None

    def _rates(self, model: str, band: int, tier: str) -> "Rates | None":
        key = model, band, tier
        if key not in self._rated:
            if len(self._rated) >= MOST_FOUND:
                self._rated.clear()
            row = self.row(model)
            self._rated[key] = None if row is None else _rates_of(row, band, tier)
        return self._rated[key]


@dataclass(frozen=True, slots=True)
class Rates:
    """What a token of each kind costs in a band and tier, and the percentage of that which is paid.

    The kinds are input, output, cache reads, and cache writes for 5 minutes and for 1 hour.
    """

    prices: tuple[int | None, ...]
    percent: int


def load_book() -> PriceBook:
    """Read the price book that ships with the product."""
    raw = orjson.loads(resources.files(__package__).joinpath("book.json").read_bytes())
    return PriceBook(as_of=raw["as_of"], models=raw["models"])


def own_prices(settings: Mapping[str, Any]) -> OwnPrices:
    """The prices that a team has in its settings."""
    return settings.get("prices") or {}


def dollars(picodollars: int | None) -> float | None:
    """Round to the six decimals that the API gives."""
    return None if picodollars is None else round(picodollars / PICO, 6)


def _rates_of(row: Mapping[str, Any], band: int, tier: str) -> Rates:
    price = partial(_price, _in_band(row, band), tier)
    prices = (
        price("input"), price("output"), price("cache_read", "input"), price("cache_write", "input"),
        price("cache_write_1h", "cache_write", "input"),
    )  # fmt: skip
    return Rates(prices, row.get("fast_percent", 100) if tier == "fast" else 100)


def _price(row: Mapping[str, Any], tier: str, *names: str) -> int | None:
    for name in names:
        special = row.get(f"{name}_priority") if tier == "priority" else None
        if special is not None:
            return int(special)
        if row.get(name) is not None:
            return int(row[name])
    return None


def _in_band(row: Mapping[str, Any], band: int) -> Mapping[str, Any]:
    fitting = [entry for entry in row.get("bands", ()) if entry["from"] <= band]
    return {**row, **max(fitting, key=lambda entry: entry["from"])} if fitting else row


def _spellings(model: str) -> Iterator[str]:
    yield model
    name = _PREFIX.sub("", model.strip())
    yield name
    name = name.removesuffix("[1m]")
    yield name
    if name.startswith("claude"):
        name = re.sub(r"(?<=\d)\.(?=\d)", "-", name)
        yield name
    undated = _DATE.sub("", name)
    yield undated
    while _MODE.search(undated):
        undated = _MODE.sub("", undated)
        yield undated
