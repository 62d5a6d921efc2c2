"""Who and what a team's figures come from, and what filters may offer."""

from typing import Any
from uuid import UUID

from services.analytics.answers import names
from services.analytics.answers.asked import Asked, settled, sums
from services.analytics.answers.team import token_sums
from services.analytics.api.bodies import Breakdown, Dimension, KeyedShare, Options, Share, UserOption
from services.analytics.domain.calendar import instant_of
from services.analytics.domain.measures import Measures, average_health, cost_usd, count, merged, told
from services.analytics.store import questions
from services.analytics.store.sources import Dim
from services.runtime.auth import Caller
from services.runtime.db import Connection


async def breakdown(caller: Caller, connection: Connection, asked: Asked, by: Dimension) -> Breakdown:
    asked = await settled(caller, connection, asked)
    if by == "tag":
        # A session has many tags or none: others' private ones have no row of their own here.
        asked = asked.narrowed(asked.narrowing)
        total = merged(each.measures for each in await sums(caller, connection, asked, "team"))
        found = await sums(caller, connection, asked, by)
    else:
        found = await sums(caller, connection, asked, by)
        total = merged(each.measures for each in found)
    return Breakdown(
        from_=instant_of(asked.period.first),
        to=instant_of(asked.period.last),
        by=by,
        tz=asked.period.zone,
        as_of=asked.now,
        items=await _items(caller, connection, by, found),
        total=Share(**_share(total)),
        excludes_private=not asked.hidden,
    )


async def options(caller: Caller, connection: Connection, asked: Asked) -> Options:
    grid = asked.period.grid("all")
    keys = {
        dim: sorted(names.plain_key(dim, key) for key in await questions.keys(caller, connection, grid, dim))
        for dim in _OFFERED
    }
    called = await names.named(caller, connection, "user", keys["user"])
    users = [UserOption(id=UUID(key), username=called[key]) for key in keys["user"]]
    return Options(
        users=sorted(users, key=lambda one: (one.username, one.id)),
        tools=keys["tool"],
        projects=[key for key in keys["project"] if key],
        models=[key for key in keys["model"] if key],
        tags=keys["tag"],
    )


_OFFERED: tuple[Dim, ...] = ("user", "tool", "project", "model", "tag")


async def _items(caller: Caller, connection: Connection, by: Dim, found: list[Any]) -> list[KeyedShare]:
    shown = {names.plain_key(by, each.key): each.measures for each in found if not each.hidden}
    labels = await names.named(caller, connection, by, shown)
    items = [
        KeyedShare(key=key, label=labels[key], private=False, **_share(each)) for key, each in shown.items()
    ]
    items.sort(key=lambda one: (-(one.tokens.total or 0), -one.sessions, one.label, one.key))
    if hidden := [each.measures for each in found if each.hidden]:
        rest = _share(merged(hidden))
        items.append(KeyedShare(key=names.PRIVATE, label=names.PRIVATE_LABEL, private=True, **rest))
    return items


def _share(measures: Measures) -> dict[str, Any]:
    return {
        "sessions": count(measures, "sessions"),
        "tokens": token_sums(measures),
        "cost_usd": cost_usd(measures),
        "average_health": average_health(measures),
        "errors": told(measures, "errors"),
    }
