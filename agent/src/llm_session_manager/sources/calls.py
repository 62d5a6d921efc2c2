"""Model calls, kept small: a transcript can hold a hundred thousand of them."""

from collections.abc import Iterable
from struct import Struct
from typing import NamedTuple

from llm_session_manager import protocol
from llm_session_manager.sources import values

_LAYOUT = Struct("<qIIIIIIHHHBBB")
CALL_BYTES = _LAYOUT.size
_EARLIEST = values.micros("2020-01-01T00:00:00Z") or 0
_BUCKET = protocol.BUCKET_SECONDS * 1_000_000
MOST_USAGE_ROWS = 4000


class Names:
    """Texts that many facts share, as small numbers; 0 is no name, and any beyond the `most` kept."""

    def __init__(self, most: int = 60_000) -> None:
        self._most = most
        self._names: list[str | None] = [None]
        self._numbers: dict[str | None, int] = {None: 0}

    def number(self, name: str | None) -> int:
        if name not in self._numbers:
            if len(self._names) >= self._most:
                return 0
            self._numbers[name] = len(self._names)
            self._names.append(name)
        return self._numbers[name]

    def __getitem__(self, number: int) -> str | None:
        return self._names[number]


class Call(NamedTuple):
    """One call of a model, or one line's view of it. `at` is in microseconds; `input` is uncached.

    `model`, `tier` and `lane` are numbers of `Names`. `copied` is a line of a copy that says so,
    `final` one that knows the whole output.
    """

    at: int
    input: int
    output: int
    cache_read: int
    write_5m: int
    write_1h: int
    reasoning: int
    model: int
    tier: int
    lane: int
    sidechain: bool
    copied: bool
    final: bool

    def packed(self) -> bytes:
        return _LAYOUT.pack(*self)

    @property
    def prompt(self) -> int:
        return self.input + self.cache_read + self.write_5m + self.write_1h

    @property
    def tokens(self) -> int:
        return self.prompt + self.output


def unpacked(call: bytes) -> Call:
    return Call._make(_LAYOUT.unpack(call))


def merged(one: Call, other: Call) -> Call:
    """What two views of the same call say together, in either order.

    A view of the main chain holds before a sub-agent's, then the one with the larger output, then the later.
    """
    best = max(one, other, key=lambda call: (not call.sidechain, call.output, call))
    final, copied = one.final or other.final, one.copied and other.copied
    return best if (best.final, best.copied) == (final, copied) else best._replace(final=final, copied=copied)


class Ledger:
    """Adds calls up by 15-minute bucket, model, service tier and price band."""

    def __init__(self, names: Names, now: int, *, with_reasoning: bool = False) -> None:
        self._names = names
        self._latest = now + 600_000_000
        self._with_reasoning = with_reasoning
        self._rows: dict[tuple[int, int, int, int], list[int]] = {}
        self.incomplete = 0

    def add(self, call: Call, band: int | None = None) -> None:
        """Add one call; `band` where the size of its prompt is not that of the figures."""
        self.incomplete += not call.final
        if not _EARLIEST <= call.at <= self._latest:
            return
        if band is None:
            band = protocol.prompt_band(call.prompt)
        row = self._rows.setdefault((call.at - call.at % _BUCKET, call.model, call.tier, band), [0] * 8)
        figures = (1, not call.final, call.input, call.output, call.cache_read, *call[4:7])
        for place, figure in enumerate(figures):
            row[place] += figure

    def usage(self) -> tuple[protocol.Usage, ...]:
        """The rows, oldest first; beyond what a report may hold the oldest are added to later buckets."""
        rows = sorted(self._rows.items())
        surplus, kept = rows[: max(len(rows) - MOST_USAGE_ROWS, 0)], dict(rows[-MOST_USAGE_ROWS:])
        for row_key, figures in surplus:
            later = next((other for other in kept if other[1:] == row_key[1:]), next(iter(kept)))
            kept[later] = [sum(pair) for pair in zip(kept[later], figures, strict=True)]
        return tuple(self._usage(row_key, figures) for row_key, figures in kept.items())

    def _usage(self, row_key: tuple[int, int, int, int], figures: Iterable[int]) -> protocol.Usage:
        at, model, tier, band = row_key
        calls, incomplete, uncached, output, read, write_5m, write_1h, reasoning = figures
        return protocol.Usage(
            at=values.moment(at),
            model=self._names[model],
            service_tier=self._names[tier] or "standard",
            band=band,
            calls=calls,
            incomplete_calls=incomplete,
            input=uncached,
            output=output,
            cache_read=read,
            cache_write_5m=write_5m,
            cache_write_1h=write_1h,
            reasoning=reasoning if self._with_reasoning else None,
        )
