"""What was used and has no price."""

from services.analytics.answers.asked import Asked
from services.analytics.api.bodies import UnpricedModel, UnpricedModels
from services.analytics.domain.calendar import instant_of
from services.analytics.store import unpriced as store
from services.runtime.auth import Caller
from services.runtime.db import Connection


async def unpriced(caller: Caller, connection: Connection, asked: Asked) -> UnpricedModels:
    rows = await store.models(caller, connection, asked.period.grid("all"), asked.narrowing)
    return UnpricedModels(
        from_=instant_of(asked.period.first),
        to=instant_of(asked.period.last),
        tz=asked.period.zone,
        as_of=asked.now,
        items=[
            UnpricedModel(
                model=row["model"] or "unknown",
                calls=row["calls"],
                tokens=row["tokens"],
                sessions=row["sessions"],
            )
            for row in rows
        ],
    )
