"""How a list of insights is asked for, and where its pages end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from services.contracts.insights import InsightOrigin, InsightState, InsightType
from services.insight.store.insights import Row
from services.insight.store.listing import OPEN, Listing, Sort
from services.runtime import cursors
from services.runtime.words import sought

KEYS: Mapping[Sort, Callable[[Any], Any]] = {
    "hot": cursors.as_number,
    "new": cursors.as_instant,
    "top": cursors.as_integer,
}
Cursor = Annotated[str | None, Query(max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200)]
Tag = Annotated[str, Query(max_length=50, pattern=r"^[^\x00]*$")]


def asked(
    type: Annotated[list[InsightType] | None, Query()] = None,  # noqa: A002 - the parameter's name
    tag: Annotated[list[Tag] | None, Query(max_length=50)] = None,
    user_id: Annotated[list[UUID] | None, Query(max_length=50)] = None,
    session_id: UUID | None = None,
    state: Annotated[
        list[InsightState] | None, Query(description="Without it, what is proposed or accepted.")
    ] = None,
    origin: InsightOrigin | None = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Words to be found in title, content or tags; the last one may be the beginning of "
            "a word.",
        ),
    ] = None,
    sort: Annotated[
        Sort, Query(description="`hot`: log10(upvotes) + seconds since 1970 / 45,000, the highest first.")
    ] = "hot",
) -> Listing:
    """What a list is asked for: values of one filter are alternatives, filters hold together."""
    return Listing(
        sort=sort,
        type=type or (),
        tag=tag or (),
        user_id=user_id or (),
        state=state or OPEN,
        origin=origin,
        session_id=session_id,
        words=sought(q) if q and not q.isspace() else None,
    )


Asked = Annotated[Listing, Depends(asked)]


def paged(listing: Listing, limit: int, cursor: str | None) -> Listing:
    """The page after a cursor. Raises `Problem` 400 for one that is not of this list."""
    if cursor is None:
        return replace(listing, limit=limit)
    made_for, value, at, last = cursors.decode(cursor, 4)
    if made_for != listing.sort:
        raise cursors.unknown()
    after = KEYS[listing.sort](value), cursors.as_instant(at), cursors.as_uuid(last)
    return replace(listing, limit=limit, after=after)


def next_cursor(listing: Listing, rows: Sequence[Row]) -> str | None:
    """Where the next page begins, if there is one; of `rows` the page shows all but the one too many."""
    if len(rows) <= listing.limit:
        return None
    last = rows[listing.limit - 1]
    value = last["sort_key"]
    plain = value.isoformat() if isinstance(value, datetime) else value
    return cursors.encode(listing.sort, plain, last["created_at"].isoformat(), str(last["id"]))
