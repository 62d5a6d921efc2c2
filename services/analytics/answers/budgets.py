"""How far a team's budgets are used up, as one of its people may see it."""

from datetime import datetime

from services.analytics.answers.asked import Asked, settled, sums
from services.analytics.api.bodies import BudgetItem, BudgetStandings
from services.analytics.domain.budgets import COLUMNS, WHOLE_LIFE, Limit, Times, limits_of, times
from services.analytics.domain.measures import Measures, merged
from services.analytics.domain.period import is_zone
from services.analytics.store import budgets as store
from services.analytics.store import people
from services.analytics.store.sources import Narrowing
from services.runtime.auth import Caller
from services.runtime.db import Connection


async def budgets(caller: Caller, connection: Connection, now: datetime) -> BudgetStandings:
    """The team's month, the caller's own day, and the fullest of their own sessions of today."""
    settings = await people.settings_of(caller, connection)
    zone = settings.get("timezone", "UTC")
    when = times(now, zone if is_zone(zone) else "UTC")
    month = await settled(caller, connection, Asked(when.this_month, now))
    items = [await _item(caller, connection, limit, when, month, now) for limit in limits_of(settings)]
    return BudgetStandings(items=items, as_of=now, tz=when.today.zone, excludes_private=not month.hidden)


async def _item(
    caller: Caller, connection: Connection, limit: Limit, when: Times, month: Asked, now: datetime
) -> BudgetItem:
    if limit.scope == "session":
        full = await store.fullest(caller, connection, when.today.first, COLUMNS[limit.unit])
        return _shown(limit, WHOLE_LIFE, full[1] if full else 0).model_copy(
            update={"session_id": full[0] if full else None}
        )
    if limit.scope == "team_month":
        return _shown(limit, when.month, limit.used(await _total(caller, connection, month)))
    own = Asked(when.today, now, Narrowing(user=(caller.user_id,)))
    return _shown(limit, when.day, limit.used(await _total(caller, connection, own)))


async def _total(caller: Caller, connection: Connection, asked: Asked) -> Measures:
    return merged(each.measures for each in await sums(caller, connection, asked, "team"))


def _shown(limit: Limit, period: str, value: int) -> BudgetItem:
    return BudgetItem(
        scope=limit.scope, unit=limit.unit, limit=limit.shown(limit.most), used=limit.shown(value),
        percent=limit.percent(value), period=period, session_id=None,
    )  # fmt: skip
