"""What keys of a grouping are called."""

from collections.abc import Collection, Mapping
from uuid import UUID

from services.analytics.store import people
from services.analytics.store.sources import Dim
from services.runtime.auth import Caller
from services.runtime.db import Connection

PRIVATE = "private"
PRIVATE_LABEL = "Others' private sessions"
NAMELESS: Mapping[str, str] = {"project": "No project", "model": "Unknown model"}


def plain_key(dim: Dim, key: str) -> str:
    """A key as it is told: ids of persons are written alike whatever the database."""
    return str(UUID(key)) if dim == "user" else key


async def named(caller: Caller, connection: Connection, dim: Dim, keys: Collection[str]) -> Mapping[str, str]:
    """What to call each of these keys."""
    if dim == "user":
        known = await people.labels(caller, connection, {UUID(key) for key in keys})
        return {str(user_id): name for user_id, name in known.items()}
    return {key: key or NAMELESS.get(dim, "Unknown") for key in keys}
