"""Sums put together, and what follows from them."""

from collections.abc import Iterable, Mapping

from services.contracts.prices import dollars

Measures = Mapping[str, int | None]

KINDS = ("input", "output", "cache_read", "cache_write", "reasoning", "total")


def merged(every: Iterable[Measures]) -> Measures:
    """Add up; what nobody knows stays unknown."""
    total: dict[str, int | None] = {}
    for measures in every:
        for name, value in measures.items():
            if value is not None:
                total[name] = (total.get(name) or 0) + value
    return total


def count(measures: Measures, name: str) -> int:
    """What is counted by us, and so is 0 where nothing is."""
    return measures.get(name) or 0


def tokens(measures: Measures, kind: str = "total") -> int | None:
    """Tokens of a kind; `None` where things were used that do not say."""
    value = measures.get(kind)
    return 0 if value is None and not measures.get("uses") else value


def cost_usd(measures: Measures) -> float | None:
    """What is priced of all that was used; `None` where nothing of it is."""
    value = measures.get("cost_pico")
    return 0.0 if value is None and not measures.get("uses") else dollars(value)


def told(measures: Measures, name: str) -> int | None:
    """What the sessions that began say of themselves; `None` where none of them says it."""
    value = measures.get(name)
    return 0 if value is None and not measures.get("sessions") else value


def average_health(measures: Measures) -> float | None:
    scored = count(measures, "scored")
    return round(count(measures, "health_points") / scored / 1000, 1) if scored else None


def ratio(part: float | None, whole: int | None, digits: int = 4) -> float | None:
    return round(part / whole, digits) if part is not None and whole else None


def sum_known(*values: int | None) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
