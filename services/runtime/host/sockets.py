"""How the server carries WebSockets."""

import logging
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

LINGER_SECONDS = 5.0


class PromptSockets(WebSocketsSansIOProtocol):
    """Uvicorn's own, with an end that is one, and a log without addresses.

    Closing waits until the other side has read everything: one who never reads would keep the connection and
    what is buffered for it. So what is still open some seconds after its handler is done is cut.
    """

    linger_seconds = LINGER_SECONDS

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # Its lines at INFO hold the query string, and that may hold a ticket.
        self.logger = self.conn.logger = logging.getLogger("uvicorn.sockets")
        self.conn.debug = self.logger.isEnabledFor(logging.DEBUG)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        # A close that was said is answered within `close_timeout`, or never.
        wait = self.linger_seconds + (0 if self.close_timer is None else self.close_timeout)
        if not self.disconnected:
            self.loop.call_later(wait, self.transport.abort)
