"""When sessions take place: a fortnight of working days, and a present in which about fifteen are live.

Everything follows from the seed and the time asked about, so a second start meets the very same sessions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random

from services.demo.plots import BRISK, PAST, STEADY, Pace, Plot, make_plot, work_of
from services.demo.team import PEOPLE, Person

CAST = 40
DAYS = 14
QUIET = timedelta(minutes=20)
LONGEST_CELL = timedelta(hours=4)
ORIGIN = datetime(2020, 1, 1, tzinfo=UTC)
LONG_SLOTS, SHORT_SLOTS = 12, 6


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that one session after the other takes: one in each cell of `length` seconds."""

    seed: str
    number: int
    person: Person
    pace: Pace
    length: float
    phase: float
    busy: tuple[float, float]

    def cell(self, at: datetime) -> int:
        return int(((at - ORIGIN).total_seconds() - self.phase) // self.length)

    def plot(self, cell: int) -> Plot:
        key = f"{self.seed}/live/{self.number}/{cell}"
        draw = Random(key)
        seconds = self.length * draw.uniform(*self.busy)
        begins = ORIGIN + timedelta(seconds=int(self.phase + cell * self.length))
        return make_plot(key, self.person, self.pace, begins, seconds, self._turn(cell))

    def _turn(self, cell: int) -> int:
        """Which of the person's tasks: long sessions have two of their own each, short ones share the rest.

        So no two that are on the page at once are about the same.
        """
        place, is_long = self.number // len(PEOPLE), self.number < LONG_SLOTS
        if is_long:
            return place * 2 + cell % 2
        mine = sum(number % len(PEOPLE) == self.number % len(PEOPLE) for number in range(LONG_SLOTS)) * 2
        return mine + cell % (len(work_of(self.person)) - mine)


def slots(seed: str) -> tuple[Slot, ...]:
    """The places of the present: most for sessions of hours, some for sessions of minutes."""
    return tuple(_slot(seed, number) for number in range(LONG_SLOTS + SHORT_SLOTS))


def cast(seed: str, at: datetime) -> list[Plot]:
    """The `CAST` sessions that began last, the newest first: all live ones, and those that just ended."""
    found: list[Plot] = []
    for slot in slots(seed):
        here = slot.cell(at)
        found += map(slot.plot, range(here - CAST, here + 1))
    begun = [plot for plot in found if plot.started_at <= at]
    live = [plot for plot in begun if plot.ends_at > at]
    past = sorted((p for p in begun if p.ends_at <= at), key=lambda p: (p.ends_at, p.key), reverse=True)
    return live + past[: CAST - len(live)]


def live(seed: str, at: datetime) -> list[Plot]:
    """The sessions that have begun and not ended at this moment."""
    here = [slot.plot(slot.cell(at)) for slot in slots(seed)]
    return [plot for plot in here if plot.started_at <= at < plot.ends_at]


def around(seed: str, started_at: datetime, tolerance: timedelta = timedelta(minutes=1)) -> list[Plot]:
    """The sessions of the present that began about then."""
    plots = [
        slot.plot(slot.cell(started_at + side)) for slot in slots(seed) for side in (-tolerance, tolerance)
    ]
    return [plot for plot in plots if abs(plot.started_at - started_at) <= tolerance]


def history(seed: str, now: datetime, days: int = DAYS) -> list[Plot]:
    """The sessions of today and the `days` before it that are over, the newest first."""
    dates = (now.date() - timedelta(days=back) for back in range(days + 1))
    plots = [plot for day in dates for plot in _day(seed, day)]
    over = (plot for plot in plots if plot.ends_at < now - QUIET)
    return sorted(over, key=lambda plot: (plot.ends_at, plot.key), reverse=True)


def _slot(seed: str, number: int) -> Slot:
    draw = Random(f"{seed}/slot/{number}")
    person = PEOPLE[number % len(PEOPLE)]
    slot = partial(Slot, seed, number, person)
    if number < LONG_SLOTS:
        length = draw.uniform(2.0, LONGEST_CELL.total_seconds() / 3600) * 3600
        return slot(STEADY, length, draw.uniform(0, length), (0.84, 0.97))
    length = draw.uniform(9, 22) * 60
    return slot(BRISK, length, draw.uniform(0, length), (0.74, 0.93))


def _day(seed: str, day: date) -> Iterator[Plot]:
    morning = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    for person in PEOPLE:
        draw = Random(f"{seed}/day/{day}/{person.name}")
        works = day.weekday() < 5
        sessions = round(draw.gauss(person.load, 0.8)) if works else int(draw.random() < 0.2)
        for number in range(max(sessions, 0)):
            begins = morning + timedelta(minutes=draw.randint(0, 570), seconds=draw.randint(0, 59))
            minutes = min(draw.lognormvariate(3.9, 0.6), 200)
            yield make_plot(f"{seed}/{day}/{person.name}/{number}", person, PAST, begins, minutes * 60)
