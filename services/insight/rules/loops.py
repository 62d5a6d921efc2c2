"""Sessions that make the same call over and over, and come to nothing."""

from collections.abc import Iterator, Sequence

from services.insight.domain.findings import Finding
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import lower_bound

NAME = "loops"
# A loop is the same call so often in a row, in a session that changed no file and made no commit.
REPEATS = 8
SESSIONS, PART = 5, 0.1
ADVICE = """\
Sessions here get stuck: they make the same call again and again, and nothing comes of it. What often helps:

* stop at the third time and say what is known instead of "try again";
* give the way to check a step: a test to run, an output to compare;
* look at one of the sessions below: what the call waits for is often missing on the machine.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Look at each place, among the sessions of which repeated calls are known."""
    return [
        finding
        for place, pasts in grouped(history, lambda past: past.place).items()
        for finding in _of_place(place, pasts)
    ]


def _is_stuck(past: Past) -> bool:
    return (past.longest_repeat or 0) >= REPEATS and not past.files_changed and not past.commits


def _of_place(place: str, pasts: Sequence[Past]) -> Iterator[Finding]:
    known = [past for past in pasts if past.longest_repeat is not None]
    stuck = [past for past in known if _is_stuck(past)]
    bound = lower_bound(len(stuck), len(known))
    if len(stuck) < SESSIONS or bound < PART:
        return
    yield Finding(
        rule=NAME,
        subject=(place,),
        type="pattern",
        title=f"Sessions in {place} go round in circles",
        advice=ADVICE,
        tags=("loops",),
        statistic="Share of the sessions that made the same call eight times in a row and changed nothing, "
        "and what it is at least (Wilson's bound, 99 %)",
        numbers={
            "sessions": len(known),
            "stuck sessions": len(stuck),
            "share": len(stuck) / len(known),
            "at least": bound,
            "most repeats": max(past.longest_repeat or 0 for past in stuck),
        },
        explanation=f"{len(stuck)} of {len(known)} sessions made the same call eight times in a row or more, "
        "without a file changed or a commit.",
        sessions=examples(stuck),
        strength=bound,
    )
