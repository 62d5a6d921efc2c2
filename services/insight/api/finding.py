"""What helps to write an insight: tags in use, and insights that say the same already."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.insight.api.bodies import SimilarInsight, SimilarList, TagList, TagUse
from services.insight.domain.likeness import LIKE, likeness, telling
from services.insight.store import search
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database
from services.runtime.words import every_word

MOST_TAGS = 20
MOST_SIMILAR = 5
MOST_WORDS = 30


def routes(database: Database, gate: TokenGate) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/insights", tags=["insights"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.get("/tags")
    async def list_tags(caller: Reader, q: Annotated[str, Query(max_length=50)] = "") -> TagList:
        """Tags that the team uses and that begin like this, the most used first."""
        async with database.read(caller) as connection:
            used = await search.tags_in_use(caller, connection)
        begins = q.strip().casefold()
        found = [TagUse(tag=tag, insights=count) for tag, count in used if tag.casefold().startswith(begins)]
        return TagList(items=found[:MOST_TAGS])

    @router.get("/similar")
    async def list_similar(caller: Reader, title: Annotated[str, Query(max_length=200)]) -> SimilarList:
        """Insights with much the same title, the most similar first."""
        words = telling(every_word([title])[:MOST_WORDS])
        if not words:
            return SimilarList(items=[])
        async with database.read(caller) as connection:
            rows = await search.with_any(caller, connection, words)
        alike = [(likeness(words, every_word([row["title"]])), row) for row in rows]
        alike.sort(key=lambda pair: (-pair[0], -pair[1]["upvotes"]))
        found = [SimilarInsight(**row) for share, row in alike if share >= LIKE]
        return SimilarList(items=found[:MOST_SIMILAR])

    return router
