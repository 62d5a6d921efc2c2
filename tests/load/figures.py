"""What the measurements of the fan-out come to: whether it is as promised, and how the page shows it."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.load.contenders import FASTAPI, NODE
from tests.load.trial import Measured

MARKS = "<!-- fanout: begin -->", "<!-- fanout: end -->"
OURS, SINGLY = "the gateway", "the gateway, a message a change"
OVER_ASGI = "the same hub behind ASGI, as embedded"
TIMES, IDLE_KB, CALM_SECONDS = {NODE: 1.2, FASTAPI: 5.0}, 20.0, 1.2


def middle(measured: Sequence[Measured], share: float) -> float:
    """The median of several rounds, in ms, of how old this share of the deliveries was at most."""
    return 1000 * statistics.median(one.age(share) for one in measured)


@dataclass(frozen=True)
class Full:
    """A server with all it can carry, round after round."""

    name: str
    rounds: Sequence[Measured]

    @property
    def rate(self) -> float:
        return statistics.median(one.rate for one in self.rounds)

    @property
    def rate_of_processor(self) -> float:
        return statistics.median(one.rate_of_processor for one in self.rounds)


@dataclass(frozen=True)
class Duel:
    """A peer and the gateway at the same load, in deliveries a second: most of what the peer carries."""

    peer: str
    load: float
    theirs: Sequence[Measured]
    ours: Sequence[Measured]


@dataclass(frozen=True)
class Figures:
    """`idle` is kB a socket; `calm` is the gateway as it comes, at one rate of changes after the other."""

    full: Sequence[Full]
    duels: Sequence[Duel]
    idle: dict[str, float]
    calm: Sequence[Measured]

    def of(self, name: str) -> Full:
        return next(one for one in self.full if one.name == name)

    def broken(self) -> list[str]:
        """What is not as promised."""
        ours = self.of(OURS).rate
        found = [
            f"{ours / self.of(peer).rate:.1f} times {peer}, not {times}"
            for peer, times in TIMES.items()
            if ours < times * self.of(peer).rate
        ]
        found += [
            f"later than {duel.peer} at its load"
            for duel in self.duels
            if duel.peer in TIMES and middle(duel.ours, 0.99) >= middle(duel.theirs, 0.99)
        ]
        if self.idle[OURS] > IDLE_KB:
            found.append(f"{self.idle[OURS]:.0f} kB a socket")
        found += [
            f"{calm.age(0.99):.1f} s with coalescing" for calm in self.calm if calm.age(0.99) >= CALM_SECONDS
        ]
        return found

    def table(self) -> str:
        """The tables between their marks."""
        return "\n".join([MARKS[0], *self._full(), "", *self._duels(), "", *self._calm(), MARKS[1]])

    def _full(self) -> list[str]:
        ours = self.of(OURS)
        rows = [
            "| server | deliveries a second | the gateway by it | for a second of processor | idle socket |"
        ]
        rows.append("|---|--:|--:|--:|--:|")
        for one in self.full:
            times = f"{ours.rate / one.rate:.1f}" if one.name not in {OURS, SINGLY} else ""
            idle = f"{self.idle[one.name]:.1f} kB" if one.name in self.idle else ""
            figures = (f"{one.rate:,.0f}", times, f"{one.rate_of_processor:,.0f}", idle)
            rows.append(f"| {one.name} | {' | '.join(figures)} |")
        return rows

    def _duels(self) -> list[str]:
        rows = [
            "| deliveries a second | server | median | 99 % | worst | processor |",
            "|--:|---|--:|--:|--:|--:|",
        ]
        for duel in self.duels:
            for name, measured in ((duel.peer, duel.theirs), (OURS, duel.ours)):
                ages = " | ".join(f"{middle(measured, share):.1f} ms" for share in (0.5, 0.99, 1))
                busy = statistics.median(one.processor / one.wall for one in measured)
                rows.append(f"| {duel.load:,.0f} | {name} | {ages} | {100 * busy:.0f} % |")
        return rows

    def _calm(self) -> list[str]:
        rows = [
            "| changes a second | deliveries a second | median | 99 % | worst | processor |",
            "|--:|--:|--:|--:|--:|--:|",
        ]
        for calm in self.calm:
            ages = " | ".join(f"{calm.age(share):.2f} s" for share in (0.5, 0.99, 1))
            busy = f"{100 * calm.processor / calm.wall:.0f} %"
            rows.append(f"| {calm.published / calm.wall:,.0f} | {calm.rate:,.0f} | {ages} | {busy} |")
        return rows
