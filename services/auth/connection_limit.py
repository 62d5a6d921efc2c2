"""How many connections an agent may have at the broker, whose own limits are for its own users only."""

from uuid import UUID

import structlog

from services.auth.connections import Connections, ConnectionsAway
from services.runtime.ephemeral import Ephemeral
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)


class ConnectionLimit:
    """Counts the connections that are open, and those let in so lately that they may still be opening."""

    def __init__(self, connections: Connections, counters: Ephemeral, settings: Settings) -> None:
        self._connections = connections
        self._counters = counters
        self._most = settings.connections_per_agent
        self._opening = settings.connection_opens_seconds

    async def has_room(self, agent_id: UUID) -> bool:
        """Whether the agent may open one more; whoever asks is counted."""
        opening = await self._counters.increment(f"broker:{agent_id}", self._opening)
        try:
            return max(await self._connections.count(agent_id), opening.count - 1) < self._most
        except ConnectionsAway as error:
            # The limit keeps one agent's fault from the broker; it guards no data. Refusing would keep every
            # agent out for as long as the management is away, and the sweep closes what is too much later.
            log.warning("connections not counted", agent=str(agent_id), error=str(error))
            return opening.count <= self._most
