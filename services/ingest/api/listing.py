"""How a list of sessions is asked for, and where its pages end."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from llm_session_manager.protocol import Status, Tool
from services.contracts.sessions import Visibility
from services.ingest.api.bodies import InstantIn, SortKey
from services.ingest.domain.words import sought
from services.ingest.store.listing import Listing
from services.runtime import cursors

KEYS: Mapping[str, Callable[[Any], Any]] = {
    "last_activity_at": cursors.as_instant,
    "updated_at": cursors.as_instant,
    "started_at": cursors.as_instant,
    "tokens": cursors.as_integer,
    "cost": cursors.as_integer,
    "health": cursors.as_number,
}
Names = Annotated[list[Annotated[str, Query(max_length=200)]] | None, Query(max_length=50)]
Cursor = Annotated[str | None, Query(max_length=500)]


def asked(
    status: Annotated[list[Status] | None, Query()] = None,
    user_id: Annotated[list[UUID] | None, Query()] = None,
    tag: Names = None,
    tool: Annotated[list[Tool] | None, Query()] = None,
    project: Names = None,
    repository: Names = None,
    branch: Names = None,
    visibility: Annotated[list[Visibility] | None, Query()] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Words to be found in title, project, repository, branch, tags or note; "
            "the last one may be the beginning of a word.",
        ),
    ] = None,
    active_since: InstantIn | None = None,
    sort: SortKey = "-last_activity_at",
) -> Listing:
    """What a list is asked for: values of one filter are alternatives, filters hold together."""
    return Listing(
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        status=status or (),
        user_id=user_id or (),
        tag=tag or (),
        tool=tool or (),
        project=project or (),
        repository=repository or (),
        branch=branch or (),
        visibility=visibility or (),
        words=sought(q) if q and not q.isspace() else None,
        active_since=active_since,
    )


Asked = Annotated[Listing, Depends(asked)]


def paged(listing: Listing, limit: int, cursor: str | None) -> Listing:
    """The page after a cursor. Raises `Problem` 400 for one that is not of this list."""
    if cursor is None:
        return replace(listing, limit=limit)
    made_for, value, last = cursors.decode(cursor, 3)
    if made_for != _sort(listing):
        raise cursors.unknown()
    after = KEYS[listing.sort](value), cursors.as_uuid(last)
    return replace(listing, limit=limit, after=after)


def next_cursor(listing: Listing, rows: list[dict[str, Any]]) -> str | None:
    """Where the next page begins, if there is one; of `rows` the page shows all but the one too many."""
    if len(rows) <= listing.limit:
        return None
    last = rows[listing.limit - 1]
    value = last["sort_key"]
    return cursors.encode(
        _sort(listing), value.isoformat() if isinstance(value, datetime) else value, str(last["id"])
    )


def _sort(listing: Listing) -> str:
    return f"-{listing.sort}" if listing.descending else listing.sort
