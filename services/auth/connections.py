"""Agents' connections at the broker, seen and closed through RabbitMQ's management interface."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

import httpx

from services.runtime.settings import MEMORY, Settings

PAGE = 500
COLUMNS = "name,user,vhost,connected_at"


class ConnectionsAway(Exception):  # noqa: N818 - whoever needs them comes again
    """Connections cannot be seen or closed now."""


class Connections(Protocol):
    """Every call raises `ConnectionsAway`."""

    async def count(self, agent_id: UUID) -> int:
        """How many connections the agent has at this moment."""

    async def close_all(self, agent_id: UUID) -> None:
        """Close all the agent has at this moment; it may have none."""

    async def close(self, name: str) -> None:
        """Close one connection, which may have gone by itself."""

    async def listed(self) -> Mapping[UUID, Sequence[str]]:
        """All agents with the names of their connections, oldest first; what began just now may lack."""

    async def stop(self) -> None: ...


def open_connections(settings: Settings) -> Connections:
    """The broker's connections, where there is a broker. Raises `ValueError` where nobody says how to ask."""
    if settings.bus_url.startswith(MEMORY):
        return NoConnections()
    if settings.management_url is None:
        raise ValueError(
            "MANAGEMENT_URL must say where the broker's management is: a revoked agent is cut off there"
        )
    return ManagedConnections(
        settings.management_url.get_secret_value(),
        virtual_host(settings.bus_url),
        settings.management_timeout_seconds,
    )


def virtual_host(bus_url: str) -> str:
    """The broker's virtual host that a URL names, `/` where it names none."""
    return unquote(urlsplit(bus_url).path.removeprefix("/")) or "/"


class NoConnections:
    """Without a broker, agents come by HTTPS alone, where every request is looked at."""

    async def count(self, agent_id: UUID) -> int:  # noqa: ARG002
        return 0

    async def close_all(self, agent_id: UUID) -> None: ...

    async def close(self, name: str) -> None: ...

    async def listed(self) -> Mapping[UUID, Sequence[str]]:
        return {}

    async def stop(self) -> None: ...


class ManagedConnections:
    """`url` carries the account's name and password; closing others' connections takes an administrator.

    Agents in another virtual host are another deployment's.
    """

    def __init__(self, url: str, vhost: str, timeout: float) -> None:
        address = httpx.URL(url)
        self._vhost = vhost
        self._client = httpx.AsyncClient(
            base_url=address.copy_with(username=None, password=None),
            auth=(address.username, address.password),
            timeout=timeout,
            trust_env=False,
        )

    async def count(self, agent_id: UUID) -> int:
        found = await self._ask("GET", _of(agent_id))
        return len(found) if isinstance(found, list) else 0

    async def close_all(self, agent_id: UUID) -> None:
        await self._ask("DELETE", _of(agent_id))

    async def close(self, name: str) -> None:
        await self._ask("DELETE", f"/api/connections/{quote(name, safe='')}")

    async def listed(self) -> Mapping[UUID, Sequence[str]]:
        found: dict[UUID, list[tuple[int, str]]] = {}
        page, pages = 1, 1
        while page <= pages:
            query = f"?page={page}&page_size={PAGE}&columns={COLUMNS}"
            answer = await self._ask("GET", f"/api/connections{query}")
            if not isinstance(answer, dict):
                break
            pages, page = int(answer.get("page_count", 0)), page + 1
            for one in answer.get("items", ()):
                agent_id = _agent(one.get("user"))
                if agent_id is not None and one.get("vhost") == self._vhost:
                    found.setdefault(agent_id, []).append((int(one.get("connected_at", 0)), str(one["name"])))
        return {agent_id: [name for _, name in sorted(ones)] for agent_id, ones in found.items()}

    async def stop(self) -> None:
        await self._client.aclose()

    async def _ask(self, method: str, path: str) -> Any:
        """The answer's content; `None` where it has none, or what was asked for is not there."""
        try:
            answer = await self._client.request(method, path)
            if answer.status_code == httpx.codes.NOT_FOUND:
                return None
            answer.raise_for_status()
            return answer.json() if answer.content else None
        except (httpx.HTTPError, ValueError) as error:
            # Neither the address nor an answer belongs into a log.
            raise ConnectionsAway(_why(error)) from None


def _of(agent_id: UUID) -> str:
    return f"/api/connections/username/{agent_id}"


def _agent(user: object) -> UUID | None:
    """The agent behind a user name; the services' own accounts are none."""
    try:
        return UUID(str(user))
    except ValueError:
        return None


def _why(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"the management answers {error.response.status_code}"
    return f"the management cannot be asked ({type(error).__name__})"
