"""Logs as JSON lines, and the correlation id that follows a report through every service."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import Processor

from services.runtime.redaction import Redaction

HEADER = "correlation_id"
# Below warnings; the last two name tickets.
SILENCED = ("alembic", "httpx", "aiormq", "aio_pika", "uvicorn.access", "uvicorn.sockets", "gateway.wire")
_PLAIN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def configure_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Send every log line, ours and the libraries', to standard error as one JSON object without secrets."""
    redaction = Redaction(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redaction.by_name,
                structlog.processors.JSONRenderer(),
                redaction.by_form,
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in SILENCED:
        logging.getLogger(noisy).setLevel(logging.WARNING)


def correlation_id() -> str:
    """Return the id of what is being worked on; a new one where there is none."""
    bound = structlog.contextvars.get_contextvars().get(HEADER)
    return str(bound) if bound else new_correlation_id()


def new_correlation_id() -> str:
    return uuid4().hex


def carried(headers: Mapping[str, str]) -> str:
    """Return the id a message came with; a new one where it has none that is plain."""
    given = headers.get(HEADER, "")
    return given if _PLAIN.fullmatch(given) else new_correlation_id()


class CorrelationMiddleware:
    """Binds a correlation id to each request and answers it in `X-Correlation-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-correlation-id", b"").decode("latin-1")
        identity = carried({HEADER: given})

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-correlation-id", identity.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(**{HEADER: identity}):
            await self.app(scope, receive, answer)
