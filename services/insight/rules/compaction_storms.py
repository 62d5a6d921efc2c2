"""Sessions that are compacted over and over."""

from collections.abc import Iterator, Sequence

from services.insight.domain.findings import Finding
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import lower_bound

NAME = "compaction_storms"
STORM = 3
SESSIONS, PART = 5, 0.1
ADVICE = """\
A session that is compacted again and again works from a summary of a summary. What often helps:

* end a session when a part is done, and begin the next from its result;
* keep what has to be remembered in a file of the project;
* let tools answer shortly: the end of a log rather than all of it.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Look at each place, among the sessions of which it is known how often they were compacted."""
    return [
        finding
        for place, pasts in grouped(history, lambda past: past.place).items()
        for finding in _of_place(place, pasts)
    ]


def _of_place(place: str, pasts: Sequence[Past]) -> Iterator[Finding]:
    known = [past for past in pasts if past.compactions is not None]
    stormy = [past for past in known if (past.compactions or 0) >= STORM]
    bound = lower_bound(len(stormy), len(known))
    if len(stormy) < SESSIONS or bound < PART:
        return
    yield Finding(
        rule=NAME,
        subject=(place,),
        type="recommendation",
        title=f"Sessions in {place} are compacted over and over",
        advice=ADVICE,
        tags=("context",),
        statistic="Share of the sessions that were compacted three times or more, and what it is at least "
        "(Wilson's bound, 99 %)",
        numbers={
            "sessions": len(known),
            "stormy sessions": len(stormy),
            "share": len(stormy) / len(known),
            "at least": bound,
            "most compactions": max(past.compactions or 0 for past in stormy),
        },
        explanation=f"{len(stormy)} of {len(known)} sessions were compacted three times or more.",
        sessions=examples(stormy),
        strength=bound,
    )
