"""The sockets that are open, and whose they are."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from gateway.client import Client
from services.contracts.channels import RightsChanged
from services.runtime.metrics import Metrics


class Roster:
    def __init__(self, per_user: int, metrics: Metrics) -> None:
        self._per_user = per_user
        self._metrics = metrics
        self._clients: set[Client] = set()
        self._of_user: Counter[UUID] = Counter()

    def __iter__(self) -> Iterator[Client]:
        return iter(tuple(self._clients))

    def __len__(self) -> int:
        return len(self._clients)

    def add(self, client: Client) -> bool:
        """Enter a socket; `False` when its person has as many as they may."""
        if self._of_user[client.caller.user_id] >= self._per_user:
            return False
        self._clients.add(client)
        self._of_user[client.caller.user_id] += 1
        self._metrics.sockets.inc()
        return True

    def remove(self, client: Client) -> None:
        if client not in self._clients:
            return
        self._clients.discard(client)
        self._of_user[client.caller.user_id] -= 1
        if not self._of_user[client.caller.user_id]:
            del self._of_user[client.caller.user_id]
        self._metrics.sockets.dec()

    def named(self, change: RightsChanged) -> list[Client]:
        """Those whom a change of rights may concern; everybody when it names nobody."""
        if change.sid is None and change.user_id is None and change.team_id is None:
            return list(self)
        return [client for client in self if _concerns(change, client)]


def _concerns(change: RightsChanged, client: Client) -> bool:
    caller = client.caller
    return (
        caller.sid == change.sid
        or caller.user_id == change.user_id
        or (caller.team_id is not None and caller.team_id == change.team_id)
    )
