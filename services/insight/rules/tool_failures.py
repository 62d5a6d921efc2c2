"""A tool that fails again and again on the same work."""

from collections.abc import Iterator, Sequence

from services.insight.domain.findings import Finding, percent
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import lower_bound

NAME = "tool_failures"
# A session says something of a tool from so many calls on, and it fails there where so many of them fail.
CALLS, SHARE = 5, 0.2
# It is found where it happens in so many sessions, and in more than this part of them, 99 times of 100.
SESSIONS, PART = 6, 0.3
ADVICE = """\
The same tool fails in much of the work here. What often helps:

* say in the project's instructions how it is to be called: directory, flags, what has to run before it;
* let the failing step be a script of its own that a session can call;
* look at one of the sessions below, and at what it tried before it worked.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Look at each tool in each place, among the sessions that call it at least five times."""
    return [
        finding
        for place, pasts in grouped(history, lambda past: past.place).items()
        for tool in sorted({name for past in pasts for name in past.tools})
        for finding in _of_tool(place, tool, pasts)
    ]


def _of_tool(place: str, tool: str, pasts: Sequence[Past]) -> Iterator[Finding]:
    using = [past for past in pasts if tool in past.tools and past.tools[tool].calls >= CALLS]
    failing = [past for past in using if past.tools[tool].errors >= SHARE * past.tools[tool].calls]
    bound = lower_bound(len(failing), len(using))
    if len(failing) < SESSIONS or bound < PART:
        return
    calls = sum(past.tools[tool].calls for past in using)
    errors = sum(past.tools[tool].errors for past in using)
    yield Finding(
        rule=NAME,
        subject=(place, tool),
        type="pattern",
        title=f"{tool} keeps failing in {place}",
        advice=ADVICE,
        tags=("tools",),
        statistic="Share of the sessions with five or more calls of the tool in which a fifth of them "
        "failed, and what it is at least (Wilson's bound, 99 %)",
        numbers={
            "sessions": len(using),
            "failing sessions": len(failing),
            "share": len(failing) / len(using),
            "at least": bound,
            "calls": calls,
            "failed calls": errors,
        },
        explanation=f"In {len(failing)} of {len(using)} sessions that used {tool}, a fifth of its calls or "
        f"more failed; {percent(errors / calls)} of all {calls} calls.",
        sessions=examples(failing),
        strength=bound,
    )
