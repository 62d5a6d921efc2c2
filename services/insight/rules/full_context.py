"""Work that regularly fills the whole context window."""

from collections.abc import Iterator, Sequence

from services.insight.domain.findings import Finding
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import lower_bound

NAME = "full_context"
# A session's context was exhausted where it was compacted, or ended with so much of the window in use.
FULL = 0.9
SESSIONS, PART = 6, 0.3
ADVICE = """\
Much of the work here does not fit into one context window, and what is compacted is lost to the model.
What often helps:

* begin a new session for each step, with a plan that is kept in a file;
* leave long reading to sub-agents that answer with a summary;
* point to the files that matter rather than have them searched for.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Look at each place, among the sessions of which the window is known."""
    return [
        finding
        for place, pasts in grouped(history, lambda past: past.place).items()
        for finding in _of_place(place, pasts)
    ]


def is_full(past: Past) -> bool:
    return bool(past.compactions) or bool(
        past.context_window and past.context_used and past.context_used >= FULL * past.context_window
    )


def _of_place(place: str, pasts: Sequence[Past]) -> Iterator[Finding]:
    known = [past for past in pasts if past.context_window and past.context_used is not None]
    full = [past for past in known if is_full(past)]
    bound = lower_bound(len(full), len(known))
    if len(full) < SESSIONS or bound < PART:
        return
    yield Finding(
        rule=NAME,
        subject=(place,),
        type="pattern",
        title=f"Sessions in {place} run out of context",
        advice=ADVICE,
        tags=("context",),
        statistic="Share of the sessions that were compacted or used 90 % of their window, and what it is at "
        "least (Wilson's bound, 99 %)",
        numbers={
            "sessions": len(known),
            "full sessions": len(full),
            "share": len(full) / len(known),
            "at least": bound,
            "compactions": sum(past.compactions or 0 for past in known),
        },
        explanation=f"{len(full)} of {len(known)} sessions were compacted, or came to 90 % of their window.",
        sessions=examples(full),
        strength=bound,
    )
