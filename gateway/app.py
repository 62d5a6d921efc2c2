"""The gateway as a part of a process."""

from collections.abc import Sequence

from fastapi import APIRouter

from gateway.admission import Admission, TakeTicket
from gateway.guard import Gate, Guard
from gateway.hub import Hub
from gateway.roster import Roster
from gateway.snapshot import Snapshots
from gateway.sockets import Sockets
from gateway.track import Track
from services.contracts.channels import CONTROL
from services.runtime.clock import Clock
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


class GatewayPart:
    """Pushes changes to browsers. It owns no data, and may be killed at any time.

    `drain` closes every socket with 1012.
    """

    name = "gateway"

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
        fanout: Fanout,
        snapshots: Snapshots,
        gate: Gate,
        take_ticket: TakeTicket,
    ) -> None:
        self._settings = settings
        self._fanout = fanout
        roster = Roster(settings.sockets_per_user, metrics)
        self._guard = Guard(gate, roster, clock, settings.rights_check_seconds)
        control = Track(fanout, CONTROL, clock, self._guard.hear, self._guard.doubt_all)
        self._hub = Hub(fanout, snapshots, control, settings, clock, metrics)
        admission = Admission(gate, take_ticket)
        self._sockets = Sockets(self._hub, roster, admission, settings, clock, metrics)
        self.routers: Sequence[APIRouter] = (self._sockets.router,)
        self.internal_routers: Sequence[APIRouter] = ()

    async def start(self) -> None:
        await self._hub.start()
        await self._guard.start()

    async def drain(self) -> None:
        await self._sockets.drain(self._settings.drain_seconds)

    async def stop(self) -> None:
        await self._guard.stop()
        await self._hub.stop()

    def problem(self) -> str | None:
        return self._fanout.problem() or self._hub.problem()
