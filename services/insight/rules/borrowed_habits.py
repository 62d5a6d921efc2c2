"""A habit of some places that another could take over."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from services.insight.domain.findings import Finding, percent
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import chance, least_difference

NAME = "borrowed_habits"
SESSIONS = 15
# A place has a habit where so many of its sessions have it, and lacks it where so few do.
HAS, LACKS = 0.8, 0.2
# More comes of work with it by so much at least; by chance, once in 1,000 places.
MORE, CHANCE = 0.1, 0.001
HABITS: Mapping[str, Callable[[Past], bool]] = {
    "an instruction file of the project": lambda past: past.instructed,
    "sub-agents": lambda past: past.delegates,
}
ADVICE = """\
Where sessions have this, more of them end well and with a commit; here they mostly do without. The places
may differ in other ways, too. It is cheap to try: take over what the sessions below show.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Look at each place that lacks a habit, beside all places that have it."""
    ended = [past for past in history if past.status == "ended" and past.commits is not None]
    places = grouped(ended, lambda past: past.place)
    return [finding for habit, has in HABITS.items() for finding in _of_habit(habit, has, places)]


def _of_habit(
    habit: str, has: Callable[[Past], bool], places: Mapping[str, Sequence[Past]]
) -> Iterator[Finding]:
    shares = {place: sum(map(has, pasts)) / len(pasts) for place, pasts in places.items()}
    having = [past for place, pasts in places.items() if shares[place] >= HAS for past in pasts]
    for place, pasts in places.items():
        if shares[place] <= LACKS and min(len(having), len(pasts)) >= SESSIONS:
            yield from _of_place(habit, place, having, pasts)


def _of_place(habit: str, place: str, having: Sequence[Past], pasts: Sequence[Past]) -> Iterator[Finding]:
    good = [past for past in having if past.fruitful]
    here = sum(past.fruitful for past in pasts)
    least = least_difference(len(good), len(having), here, len(pasts))
    if least < MORE or chance(len(good), len(having), here, len(pasts)) > CHANCE:
        return
    yield Finding(
        rule=NAME,
        subject=(habit, place),
        type="recommendation",
        title=f"{place} could do with {habit}",
        advice=ADVICE,
        tags=("habits",),
        statistic="Share of the sessions that ended well with a commit, in places that have the habit and in "
        "this one; the difference at least (Newcombe's bound, 99 %)",
        numbers={
            "sessions with it": len(having),
            "done with it": len(good),
            "sessions here": len(pasts),
            "done here": here,
            "difference at least": least,
        },
        explanation=f"{percent(len(good) / len(having))} of {len(having)} sessions in places with {habit} "
        f"ended well with a commit, and {percent(here / len(pasts))} of {len(pasts)} here.",
        sessions=examples(good),
        strength=least,
    )
