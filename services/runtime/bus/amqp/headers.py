"""What headers say, and which of them may be believed.

Names that begin with `x-` belong to the broker and to this module; a sender's own are dropped. An agent can
write to its own exchange only, never to the default one, so what came through that was sent by us.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from aio_pika.abc import AbstractIncomingMessage

from services.runtime.bus import DeadLetter, Message, Rejection
from services.runtime.bus.attempts import digest
from services.runtime.bus.graves import plain

DEFAULT_EXCHANGE = ""
ROUTING_KEY = "x-routing-key"
REASON_CODE = "x-reason-code"
REASON_DETAIL = "x-reason-detail"
QUEUE = "x-queue"
DIED_AT = "x-died-at"
DEATHS = "x-death"
DELIVERIES = "x-delivery-count"


def received(incoming: AbstractIncomingMessage) -> Message:
    """The message as its handler sees it; a replayed one under the routing key it first came with."""
    headers = incoming.headers
    key = headers.get(ROUTING_KEY) if incoming.exchange == DEFAULT_EXCHANGE else None
    count = headers.get(DELIVERIES) if incoming.redelivered else 0
    return Message(
        routing_key=key if isinstance(key, str) else incoming.routing_key or "",
        body=incoming.body,
        headers=own(headers),
        attempt=count if isinstance(count, int) else 0,
    )


def forgery(incoming: AbstractIncomingMessage) -> str | None:
    """What a sender pretended: a past as a dead letter would give a message another's routing key."""
    return "a header names an earlier death" if DEATHS in incoming.headers else None


def own(headers: Mapping[str, Any]) -> dict[str, str]:
    """The sender's headers: text, and not those of brokers."""
    return {
        name: value
        for name, value in headers.items()
        if isinstance(value, str) and not name.lower().startswith("x-")
    }


def burial(queue: str, message: Message, rejection: Rejection, now: datetime) -> dict[str, str]:
    """Headers of a dead letter of our own making."""
    return dict(message.headers) | {
        QUEUE: queue,
        ROUTING_KEY: message.routing_key,
        REASON_CODE: rejection.code[:64],
        REASON_DETAIL: plain(rejection.detail),
        DIED_AT: now.isoformat(),
    }


def replay(letter: DeadLetter) -> dict[str, str]:
    """Headers with which a dead letter is sent to its queue again."""
    return dict(letter.headers) | {ROUTING_KEY: letter.routing_key}


def letter(queue: str, incoming: AbstractIncomingMessage) -> DeadLetter:
    """Read a dead letter: one that the broker made says so in `x-death`, any other is ours."""
    headers = incoming.headers
    deaths = headers.get(DEATHS)
    found = _by_broker(deaths[0]) if isinstance(deaths, list) and deaths else _by_us(headers)
    key, code, detail, died_at = found
    if not key or (key == queue and ROUTING_KEY in headers):
        key = str(headers.get(ROUTING_KEY, key))
    message = Message(key, incoming.body, own(headers))
    name = digest(message)[:20] + format(int(died_at.timestamp() * 1_000_000), "x")
    return DeadLetter(name, queue, key, code, detail, message.body, message.headers, died_at)


def _by_broker(death: Any) -> tuple[str, str, str, datetime]:
    keys = death.get("routing-keys") or [""]
    reason = str(death.get("reason", "unknown"))
    at = death.get("time")
    return str(keys[0]), reason, f"given up by the broker: {reason}", _utc(at)


def _by_us(headers: Mapping[str, Any]) -> tuple[str, str, str, datetime]:
    written = str(headers.get(DIED_AT, ""))
    at = datetime.fromisoformat(written) if written else None
    code, detail = str(headers.get(REASON_CODE, "unknown")), str(headers.get(REASON_DETAIL, ""))
    return str(headers.get(ROUTING_KEY, "")), code, detail, _utc(at)


def _utc(at: Any) -> datetime:
    return at.astimezone(UTC) if isinstance(at, datetime) else datetime.fromtimestamp(0, UTC)
