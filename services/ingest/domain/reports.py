"""From bytes on the bus to a checked report."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from llm_session_manager.protocol import Heartbeat, Report, Usage
from services.ingest.domain.identity import Sender, sender_of
from services.runtime.bus import Message, Rejection
from services.runtime.errors import place

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Limits:
    report_bytes: int
    epoch_ahead_seconds: int
    future_bucket_seconds: int


@dataclass(frozen=True, slots=True)
class Received:
    """A message that passed every check; `usage` leaves out buckets outside the allowed times."""

    index: int
    sender: Sender
    content: Report | Heartbeat
    usage: tuple[Usage, ...]


def check(index: int, message: Message, limits: Limits, now: datetime) -> Received | Rejection:
    """Check size, form and identity, in this order. Identity comes from the routing key alone."""
    if len(message.body) > limits.report_bytes:
        return Rejection("too_large", f"A report has at most {limits.report_bytes} bytes.")
    sender = sender_of(message.routing_key)
    if sender is None:
        return Rejection("bad_routing_key", "The routing key names no team, person and agent.")
    try:
        content = _read(message.body)
    except ValidationError as error:
        return Rejection("invalid", places(error))
    if isinstance(content, Heartbeat):
        return Received(index, sender, content, ())
    if content.epoch > now.timestamp() + limits.epoch_ahead_seconds:
        return Rejection("epoch_in_future", "The agent's epoch lies more than a day ahead.")
    latest = now + timedelta(seconds=limits.future_bucket_seconds)
    usage = tuple(use for use in content.session.usage if EARLIEST <= use.at <= latest)
    return Received(index, sender, content, usage)


def places(error: ValidationError) -> str:
    """Say which fields are wrong and how, never what they held."""
    wrong = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(f"{place(one['loc'])}: {one['type']}" for one in wrong[:5])[:500]


def _read(body: bytes) -> Report | Heartbeat:
    try:
        return Report.model_validate_json(body)
    except ValidationError as error:
        if any(one["loc"] == ("kind",) for one in error.errors(include_input=False)):
            return Heartbeat.model_validate_json(body)
        raise
