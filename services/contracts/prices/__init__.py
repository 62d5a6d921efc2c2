"""What tokens cost at the vendors' list prices: an API equivalent, never a bill.

Amounts are whole picodollars (1e-12 USD), so that sums agree however they are grouped.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from typing import Any

import orjson

from llm_session_manager.protocol import Usage

PICO = 10**12
MOST_PICO = 2**63 - 1

_PREFIX = re.compile(r"^(?:[a-z0-9_.-]+/)+")
_DATE = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})$")
_MODE = re.compile(r"-(?:minimal|low|medium|high|xhigh|max|thinking|fast)$")


@dataclass(frozen=True, slots=True)
class PriceBook:
    """The prices of one day. `models` maps a model's name to its row of `book.json`."""

    as_of: str
    models: Mapping[str, Mapping[str, Any]]

    def row(self, model: str) -> Mapping[str, Any] | None:
        """Find a model under the spellings that session files use; `None` when it is not listed."""
        return next((self.models[name] for name in _spellings(model) if name in self.models), None)

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
        row = self.row(usage.model) if usage.model else None
        if row is None:
            return None
        price = partial(_price, _in_band(row, usage.band), usage.service_tier)
        parts = (
            (usage.input, price("input")),
            (usage.output, price("output")),
            (usage.cache_read, price("cache_read", "input")),
            (usage.cache_write_5m, price("cache_write", "input")),
            (usage.cache_write_1h, price("cache_write_1h", "cache_write", "input")),
        )
        total = 0
        for tokens, each in parts:
            if tokens and each is None:
                return None
            total += tokens * (each or 0)
        percent = row.get("fast_percent", 100) if usage.service_tier == "fast" else 100
        cost = total * percent // 100
        return cost if cost <= MOST_PICO else None


def load_book() -> PriceBook:
    """Read the price book that ships with the product."""
    raw = orjson.loads(resources.files(__package__).joinpath("book.json").read_bytes())
    return PriceBook(as_of=raw["as_of"], models=raw["models"])


def dollars(picodollars: int | None) -> float | None:
    """Round to the six decimals that the API gives."""
    return None if picodollars is None else round(picodollars / PICO, 6)


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
