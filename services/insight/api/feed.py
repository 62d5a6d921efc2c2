"""A person's own address of what their team shares, and the feed behind it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.insight.api.bodies import FeedAddress, FeedState
from services.insight.domain.rss import rss
from services.insight.feeds import Feeds
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.settings import Settings

SECRET_CHARACTERS = 200


def routes(gate: TokenGate, feeds: Feeds, settings: Settings) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/insights", tags=["insights"])
    Person = Annotated[Caller, Depends(gate.person)]  # noqa: N806 - a type

    @router.get("/feed")
    async def feed_state(caller: Person) -> FeedState:
        """Whether the caller has an address of the feed."""
        made_at = await feeds.made_at(caller)
        return FeedState(active=made_at is not None, created_at=made_at)

    @router.post("/feed", status_code=201)
    async def make_feed(caller: Person, request: Request) -> FeedAddress:
        """Make the caller's address; an earlier one ends."""
        secret = await feeds.make(caller)
        return FeedAddress(url=f"{_base(request)}/api/insights/feed.xml?token={secret.text}")

    @router.delete("/feed", status_code=204)
    async def end_feed(caller: Person) -> None:
        """End the caller's address at once."""
        await feeds.end(caller)

    @router.get(
        "/feed.xml", response_class=Response, responses={200: {"content": {"application/rss+xml": {}}}}
    )
    async def read_feed(
        request: Request, token: Annotated[str, Query(max_length=SECRET_CHARACTERS)]
    ) -> Response:
        """The newest insights as RSS 2.0, for whoever has the address. 404 for one that is none, or ended."""
        channel = await feeds.read(token, _base(request))
        return Response(rss(channel), media_type="application/rss+xml")

    def _base(request: Request) -> str:
        return settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")

    return router
