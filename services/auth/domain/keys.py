"""Generations of the key that signs access tokens: one after the other, and known before they are used."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Generation:
    """The key of this number. It signs from then on, until the next one does; a revoked one does nothing."""

    number: int
    signs_from: datetime
    revoked_at: datetime | None = None


def signing(generations: Collection[Generation], now: datetime) -> Generation:
    """The one that signs now. Raises `LookupError` where all are revoked."""
    fit = [each for each in generations if each.revoked_at is None and each.signs_from <= now]
    if not fit:
        raise LookupError("no key may sign")
    return max(fit, key=_number)


def published(generations: Collection[Generation], now: datetime, tokens_live: timedelta) -> list[Generation]:
    """Those whose signatures are believed: also ones yet to sign, and ones whose tokens may still live."""
    return [
        each
        for each in sorted(generations, key=_number)
        if each.revoked_at is None and not _is_past(each, generations, now - tokens_live)
    ]


def _is_past(one: Generation, generations: Collection[Generation], then: datetime) -> bool:
    """Whether another had taken over by then."""
    return any(each.number > one.number and each.signs_from <= then for each in generations)


def _number(generation: Generation) -> int:
    return generation.number
