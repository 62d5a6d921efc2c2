"""A model that costs more than another, and achieves no more on the same kind of work."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from services.insight.domain.findings import Finding, percent
from services.insight.domain.history import Past, examples, grouped
from services.insight.domain.statistics import least_difference, median

NAME = "dear_models"
SESSIONS = 20
# It costs so many times as much, and the other is not worse by this much, 95 times of 100.
DEARER, MARGIN, SURE = 2.0, 0.2, 1.645
SIZES = ((20, "small"), (100, "medium"))
ADVICE = """\
On work of this kind a cheaper model ends with a commit about as often. It is worth trying it first, and
changing to the dearer one where it gets stuck. Sessions were compared by place and by their number of tool
calls; what was asked of them is not known.
"""


def find(history: Sequence[Past]) -> list[Finding]:
    """Compare the models of each place, small sessions with small ones and large with large."""
    return [
        finding
        for (place, size), pasts in grouped(history, _kind).items()
        for dear, cheap in permutations(sorted(grouped(pasts, lambda past: past.model).items()), 2)
        for finding in _of(place, size, dear, cheap)
    ]


def _kind(past: Past) -> tuple[str, str] | None:
    known = past.place and past.model and past.cost_usd and past.tool_calls is not None
    if not known or past.status != "ended" or past.commits is None:
        return None
    calls = past.tool_calls or 0
    return str(past.place), next((name for most, name in SIZES if calls <= most), "large")


def _of(
    place: str, size: str, dear: tuple[str, Sequence[Past]], cheap: tuple[str, Sequence[Past]]
) -> Iterator[Finding]:
    (model, ours), (other, theirs) = dear, cheap
    if min(len(ours), len(theirs)) < SESSIONS:
        return
    cost, less = (median([past.cost_usd or 0 for past in some]) for some in (ours, theirs))
    done, as_well = (sum(past.fruitful for past in some) for some in (ours, theirs))
    least = least_difference(as_well, len(theirs), done, len(ours), SURE)
    if cost < DEARER * less or least < -MARGIN:
        return
    yield Finding(
        rule=NAME,
        subject=(place, size, model, other),
        type="recommendation",
        title=f"{other} does for {size} sessions in {place}, at a fraction of {model}",
        advice=ADVICE,
        tags=("costs", "models"),
        statistic="Median cost of a session at API prices, and share of sessions that ended well with a "
        "commit; the cheaper model's share less the dearer's at least (Newcombe's bound, 95 %)",
        numbers={
            "dearer sessions": len(ours),
            "dearer done": done,
            "dearer median USD": cost,
            "cheaper sessions": len(theirs),
            "cheaper done": as_well,
            "cheaper median USD": less,
            "difference at least": least,
        },
        explanation=f"{percent(as_well / len(theirs))} of {len(theirs)} sessions with {other} ended well "
        f"with a commit, and {percent(done / len(ours))} of {len(ours)} with {model}, which cost "
        f"{cost / less:.1f} times as much.",
        sessions=(*examples(ours, 3), *examples(theirs, 2)),
        strength=1 - less / cost,
    )
