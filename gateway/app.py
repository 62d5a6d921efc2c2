"""The gateway as a part of a process."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter

from gateway.admission import Admission, TakeTicket
from gateway.agenda import Agenda
from gateway.connection import Surroundings
from gateway.guard import Gate, Guard
from gateway.hub import Hub
from gateway.keeper import Keeper
from gateway.reception import Reception
from gateway.roster import Roster
from gateway.snapshot import Snapshots
from gateway.sockets import Sockets, no_head
from gateway.track import Track
from gateway.wire import frame_head, wired
from services.contracts.channels import CONTROL
from services.runtime.clock import Clock
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings


class GatewayPart:
    """Pushes changes to browsers. It owns no data, and may be killed at any time.

    `direct`: sockets are served by `protocol`, which the web server hands their connections to; else by ASGI
    routes. `drain` closes every socket with 1012.
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
        *,
        direct: bool = False,
    ) -> None:
        self._settings = settings
        self._fanout = fanout
        around = Surroundings(settings, clock, metrics, Agenda(clock), frame_head if direct else no_head)
        roster = Roster(settings.sockets_per_user, metrics)
        self._guard = Guard(gate, roster, clock, settings.rights_check_seconds)
        control = Track(fanout, CONTROL, clock, self._guard.hear, self._guard.doubt_all)
        self._hub = Hub(fanout, snapshots, control, around)
        self._reception = Reception(self._hub, roster, Admission(gate, take_ticket), around)
        self._keeper = Keeper(clock)
        self.protocol: type[asyncio.Protocol] | None = (
            wired(self._reception, self._keeper) if direct else None
        )
        self.routers: Sequence[APIRouter] = () if direct else (Sockets(self._reception).router,)
        self.internal_routers: Sequence[APIRouter] = ()

    async def start(self) -> None:
        await self._hub.start()
        await self._guard.start()
        await self._keeper.start()

    async def drain(self) -> None:
        await self._reception.drain(self._settings.drain_seconds)

    async def stop(self) -> None:
        await self._keeper.stop()
        await self._guard.stop()
        await self._hub.stop()

    def problem(self) -> str | None:
        return self._fanout.problem() or self._hub.problem()
