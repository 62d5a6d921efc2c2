"""Sessions that end in errors once they have gone beyond some size."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from services.insight.domain.findings import Finding, percent
from services.insight.domain.history import HOUR, Past, examples, grouped
from services.insight.domain.statistics import chance, least_difference

NAME = "bad_endings"
SESSIONS = 8
# Beyond a threshold it happens by so much more often at least; by chance, once in 1,000 places at most.
MORE, CHANCE = 0.1, 0.001
Measure = Callable[[Past], float | None]
ADVICE = """\
Up to here sessions mostly go well, beyond it they do not. It is worth ending a session before it gets there:
save the state of the work in a file or a commit, and let the next session begin from that.
"""


def _hours(past: Past) -> float | None:
    return None if past.seconds is None else past.seconds / HOUR


def _million_tokens(past: Past) -> float | None:
    return None if past.total is None else past.total / 1_000_000


def _context(past: Past) -> float | None:
    known = past.context_window and past.context_used is not None
    return (past.context_used or 0) / (past.context_window or 1) * 100 if known else None


THRESHOLDS: Mapping[str, tuple[Measure, Sequence[float]]] = {
    "hours": (_hours, (1, 2, 4, 8)),
    "million tokens": (_million_tokens, (1, 2, 5, 10)),
    "% of the context window": (_context, (50, 60, 70, 80)),
}


def find(history: Sequence[Past]) -> list[Finding]:
    """Of each place the one threshold that tells best, among those that are certain enough."""
    found = []
    for place, pasts in grouped(history, lambda past: past.place).items():
        able = [
            one
            for unit, (measure, cuts) in THRESHOLDS.items()
            for one in _of(place, pasts, unit, measure, cuts)
        ]
        found += sorted(able, key=lambda one: -one.strength)[:1]
    return found


def _of(
    place: str, pasts: Sequence[Past], unit: str, measure: Measure, cuts: Sequence[float]
) -> Iterator[Finding]:
    sized = [(size, past) for past in pasts if (size := measure(past)) is not None]
    for cut in cuts:
        beyond = [past for size, past in sized if size > cut]
        within = [past for size, past in sized if size <= cut]
        if min(len(beyond), len(within)) >= SESSIONS:
            yield from _at(place, unit, cut, beyond, within)


def _at(
    place: str, unit: str, cut: float, beyond: Sequence[Past], within: Sequence[Past]
) -> Iterator[Finding]:
    bad = [past for past in beyond if past.failed]
    before = sum(past.failed for past in within)
    least = least_difference(len(bad), len(beyond), before, len(within))
    luck = chance(len(bad), len(beyond), before, len(within))
    if least < MORE or luck > CHANCE:
        return
    yield Finding(
        rule=NAME,
        subject=(place,),
        type="pattern",
        title=f"Beyond {cut:g} {unit} sessions in {place} end badly",
        advice=ADVICE,
        tags=("errors",),
        statistic="Share of sessions that end in an error, after failed model calls or in critical health, "
        "beyond the threshold and up to it; the difference at least (Newcombe's bound, 99 %)",
        numbers={
            "threshold": cut,
            "sessions beyond": len(beyond),
            "bad beyond": len(bad),
            "sessions within": len(within),
            "bad within": before,
            "difference at least": least,
        },
        explanation=f"{percent(len(bad) / len(beyond))} of {len(beyond)} sessions beyond {cut:g} {unit} "
        f"ended badly, and {percent(before / len(within))} of {len(within)} others.",
        sessions=examples(bad),
        strength=least,
    )
