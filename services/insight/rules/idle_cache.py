"""Prompts that are paid for in full again and again, where a cache could have them."""

from collections.abc import Iterator, Sequence

from services.insight.domain.findings import Finding, percent
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import lower_bound

NAME = "idle_cache"
# A session says something of the cache from so many tokens of prompts on; it hardly uses it below this share.
TOKENS, SHARE = 100_000, 0.2
SESSIONS, PART = 6, 0.5
ADVICE = """\
Most of what is sent here is sent anew each time, at the full price, and a cache would have it for a tenth.
What often helps:

* keep the beginning of prompts the same: no times, no ids, nothing that changes from call to call;
* do not change tools or instructions in the middle of a session;
* go on with a session within minutes, or end it: a cache is kept for a short time only.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Look at each tool in each place, among the larger sessions that tell cached tokens from others."""
    return [
        finding
        for (place, tool), pasts in grouped(history, _place_and_tool).items()
        for finding in _of(place, tool, pasts)
    ]


def _place_and_tool(past: Past) -> tuple[str, str] | None:
    return (past.place, past.tool) if past.place is not None else None


def _of(place: str, tool: str, pasts: Sequence[Past]) -> Iterator[Finding]:
    large = [past for past in pasts if (past.prompt or 0) >= TOKENS]
    idle = [past for past in large if (past.cache_read or 0) < SHARE * (past.prompt or 0)]
    bound = lower_bound(len(idle), len(large))
    if len(idle) < SESSIONS or bound < PART:
        return
    prompts = sum(past.prompt or 0 for past in large)
    cached = sum(past.cache_read or 0 for past in large)
    yield Finding(
        rule=NAME,
        subject=(place, tool),
        type="recommendation",
        title=f"{tool} hardly uses its cache in {place}",
        advice=ADVICE,
        tags=("cache", "costs"),
        statistic="Share of the sessions with 100,000 tokens of prompts in which less than a fifth of these "
        "came from the cache, and what it is at least (Wilson's bound, 99 %)",
        numbers={
            "sessions": len(large),
            "sessions without cache": len(idle),
            "share": len(idle) / len(large),
            "at least": bound,
            "prompt tokens": prompts,
            "cached tokens": cached,
        },
        explanation=f"In {len(idle)} of {len(large)} larger sessions less than a fifth of the prompts came "
        f"from the cache; {percent(cached / prompts)} of all tokens did.",
        sessions=examples(idle),
        strength=bound,
    )
