"""What tells people, without a network: a receiver of webhooks that is not there."""

from collections.abc import Sequence

from services.insight.deliveries import Deliveries
from services.insight.newcomers import Newcomers
from services.insight.notices import Notices
from services.insight.posting import Poster, Resolver
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings


async def nowhere(_host: str, _port: int) -> Sequence[str]:
    """A resolver that knows no host."""
    raise OSError


def make_deliveries(
    database: Database, settings: Settings, clock: Clock, resolve: Resolver = nowhere
) -> Deliveries:
    poster = Poster(
        resolve,
        seconds=settings.webhook_seconds,
        answer_bytes=settings.webhook_answer_bytes,
        loopback=settings.webhook_loopback,
    )
    return Deliveries(database, poster, settings, clock, Metrics())


def make_notices(database: Database, outbox: Outbox, settings: Settings, clock: Clock) -> Notices:
    return Notices(outbox, make_deliveries(database, settings, clock), clock)


def make_newcomers(database: Database, outbox: Outbox, settings: Settings, clock: Clock) -> Newcomers:
    return Newcomers(make_notices(database, outbox, settings, clock), clock)
