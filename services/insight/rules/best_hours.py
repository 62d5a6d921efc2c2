"""A part of the day in which more comes of the work."""

from collections.abc import Mapping, Sequence

from services.insight.domain.findings import Finding, percent
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import chance, least_difference

NAME = "best_hours"
SESSIONS = 20
# More comes of it by so much at least; by chance, once in 2,000 teams and parts of the day.
MORE, CHANCE = 0.1, 0.0005
PARTS: Mapping[int, str] = {0: "at night", 6: "in the morning", 12: "in the afternoon", 18: "in the evening"}
ADVICE = """\
More sessions that begin in this part of the day end well and with a commit. It may be the hour, or what is
done in it: worth a look before moving difficult work there.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Compare quarters of the day, in the zone of the sessions' times, each with the rest."""
    ended = [past for past in history if past.status == "ended" and past.commits is not None]
    quarters = grouped(ended, lambda past: past.at.hour // 6 * 6)
    found = []
    for begins, pasts in sorted(quarters.items()):
        rest = [past for other, some in quarters.items() if other != begins for past in some]
        if min(len(pasts), len(rest)) >= SESSIONS:
            found += _of(begins, pasts, rest)
    return found


def _of(begins: int, pasts: Sequence[Past], rest: Sequence[Past]) -> list[Finding]:
    good = [past for past in pasts if past.fruitful]
    others = sum(past.fruitful for past in rest)
    least = least_difference(len(good), len(pasts), others, len(rest))
    if least < MORE or chance(len(good), len(pasts), others, len(rest)) > CHANCE:
        return []
    when = PARTS[begins]
    finding = Finding(
        rule=NAME,
        subject=(str(begins),),
        type="pattern",
        title=f"More comes of sessions that begin {when}",
        advice=ADVICE,
        tags=("habits",),
        statistic="Share of the sessions that ended well with a commit, of those that began within six hours "
        "of the day and of all others; the difference at least (Newcombe's bound, 99 %)",
        numbers={
            "from hour": begins,
            "sessions": len(pasts),
            "done": len(good),
            "other sessions": len(rest),
            "others done": others,
            "difference at least": least,
        },
        explanation=f"{percent(len(good) / len(pasts))} of {len(pasts)} sessions that began {when} ended "
        f"well with a commit, and {percent(others / len(rest))} of {len(rest)} others.",
        sessions=examples(good),
        strength=least,
    )
    return [finding]
