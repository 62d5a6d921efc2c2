"""The figures of a team, beside those of the period before."""

from typing import Any

from services.analytics.answers.asked import Asked, by_person, sums
from services.analytics.api.bodies import Figures, TeamFigures, TokenSums
from services.analytics.domain.calendar import instant_of
from services.analytics.domain.measures import (
    KINDS,
    Measures,
    average_health,
    cost_usd,
    count,
    merged,
    ratio,
    sum_known,
    tokens,
    told,
)
from services.analytics.store import metrics, sessions
from services.runtime.auth import Caller
from services.runtime.db import Connection


async def team(caller: Caller, connection: Connection, asked: Asked) -> TeamFigures:
    return TeamFigures(
        **await _figures(caller, connection, asked),
        tz=asked.period.zone,
        as_of=asked.now,
        previous=Figures(**await _figures(caller, connection, asked.before())),
    )


async def _figures(caller: Caller, connection: Connection, asked: Asked) -> dict[str, Any]:
    asked, found = await by_person(caller, connection, asked)
    total = merged(each.measures for each in found)
    members = len({each.person for each in found if count(each.measures, "sessions")})
    begun = count(total, "sessions")
    cost = cost_usd(total)
    return {
        "from_": instant_of(asked.period.first),
        "to": instant_of(asked.period.last),
        "excludes_private": not asked.hidden,
        "sessions": begun,
        "active_sessions": await _active(caller, connection, asked),
        "members": members,
        "tokens": token_sums(total),
        "cost_usd": cost,
        "cost_basis": "api_equivalent",
        "unpriced_models": await _unpriced(caller, connection, asked) if count(total, "unpriced") else [],
        "average_health": average_health(total),
        "sessions_per_member": ratio(begun, members, 2),
        "token_efficiency": ratio(tokens(total, "output"), tokens(total)),
        "output_per_uncached": ratio(
            tokens(total, "output"), sum_known(tokens(total, "input"), tokens(total, "cache_write"))
        ),
        "cost_per_commit": ratio(cost, told(total, "commits"), 6),
        **{name: told(total, name) for name in ("commits", "tool_calls", "errors")},
    }


async def _unpriced(caller: Caller, connection: Connection, asked: Asked) -> list[str]:
    by_model = await sums(caller, connection, asked, "model", measures=("unpriced",))
    return sorted(
        each.key or "unknown" for each in by_model if not each.hidden and count(each.measures, "unpriced")
    )


async def _active(caller: Caller, connection: Connection, asked: Asked) -> int | None:
    """Not ended now; of a range that is over, what its newest snapshot says, for the whole team only."""
    if asked.reaches_now:
        return await sessions.active(caller, connection, asked.narrowing, hidden=asked.hidden)
    if asked.narrowing.dims:
        return None
    first, last = instant_of(asked.period.first), instant_of(asked.period.last)
    return await metrics.active(caller, connection, first, last, hidden=asked.hidden)


def token_sums(measures: Measures) -> TokenSums:
    return TokenSums(**{kind: tokens(measures, kind) for kind in KINDS})
