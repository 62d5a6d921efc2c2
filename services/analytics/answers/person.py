"""The figures of one person."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.analytics.answers.asked import Asked, sums
from services.analytics.answers.team import token_sums
from services.analytics.api.bodies import HealthDistribution, PersonFigures, TagCount, UserFigures
from services.analytics.domain.calendar import instant_of
from services.analytics.domain.measures import average_health, cost_usd, count, merged
from services.analytics.store import insights, people, sessions
from services.analytics.store.sessions import Listing
from services.analytics.store.sources import Narrowing
from services.contracts.health import Thresholds, grade_of
from services.runtime.auth import Caller
from services.runtime.db import Connection
from services.runtime.errors import not_found

MOST_TAGS = 20


async def person(caller: Caller, connection: Connection, asked: Asked, user_id: UUID) -> UserFigures:
    """Raises `Problem` 404 for whoever neither is in the team nor left anything in it."""
    if user_id != caller.user_id and not await _is_known(caller, connection, user_id):
        raise not_found("person")
    asked = asked.narrowed(Narrowing(user=(user_id,)))
    names = await people.labels(caller, connection, [user_id])
    cuts = thresholds(await people.settings_of(caller, connection))
    return UserFigures(
        **await _figures(caller, connection, asked, cuts, user_id),
        user_id=user_id,
        username=caller.username or names[user_id] if user_id == caller.user_id else names[user_id],
        tz=asked.period.zone,
        as_of=asked.now,
        previous=PersonFigures(**await _figures(caller, connection, asked.before(), cuts, user_id)),
    )


async def _is_known(caller: Caller, connection: Connection, user_id: UUID) -> bool:
    return await people.is_member(caller, connection, user_id) or await sessions.has_shared(
        caller, connection, user_id
    )


async def _figures(
    caller: Caller, connection: Connection, asked: Asked, cuts: Thresholds, user_id: UUID
) -> dict[str, Any]:
    first, last = instant_of(asked.period.first), instant_of(asked.period.last)
    total = merged(each.measures for each in await sums(caller, connection, asked, "team"))
    listing = Listing(asked.period.grid("all"), asked.narrowing)
    rows = await sessions.begun(caller, connection, listing)
    timed = sum(row["timed"] for row in rows)
    lasted = sum(int(row["lasted"] or 0) for row in rows)
    top = await sessions.top_tags(caller, connection, listing, MOST_TAGS)
    return {
        "from_": first,
        "to": last,
        "sessions": count(total, "sessions"),
        "tokens": token_sums(total),
        "cost_usd": cost_usd(total),
        "average_duration_s": round(lasted / timed, 1) if timed else None,
        "average_health": average_health(total),
        "health_distribution": _distribution(rows, cuts),
        "top_tags": [TagCount(tag=tag, sessions=number) for tag, number in top],
        "insights_shared": await insights.shared(caller, connection, user_id, first, last),
    }


def _distribution(rows: list[dict[str, Any]], cuts: Thresholds) -> HealthDistribution:
    grades: Counter[str] = Counter()
    for row in rows:
        score = row["health_score"]
        grades["unknown" if score is None else grade_of(score, cuts)] += row["sessions"]
    return HealthDistribution(**{grade: grades[grade] for grade in HealthDistribution.model_fields})


def thresholds(settings: Mapping[str, Any]) -> Thresholds:
    """Where the team cuts its grades."""
    cuts = settings.get("health_thresholds") or {}
    known = Thresholds()
    return Thresholds(cuts.get("warning", known.warning), cuts.get("critical", known.critical))
