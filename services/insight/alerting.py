"""Puts together what notices incidents, and what people ask and do about what they are told."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.insight.alarms import Alarms
from services.insight.api import alerts, notifications, webhooks
from services.insight.consumer import SessionConsumer
from services.insight.deliveries import Deliveries
from services.insight.figures import FiguresConsumer
from services.insight.handling import Handling
from services.insight.hooks import Webhooks
from services.insight.notices import Notices
from services.insight.vigil import Vigil
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings


class Alerting:
    """`sessions` and `figures` are consumers, `vigil` keeps the time."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        notices: Notices,
        deliveries: Deliveries,
        gate: TokenGate,
        settings: Settings,
        clock: Clock,
    ) -> None:
        alarms = Alarms(notices, outbox, settings, clock)
        self.sessions = SessionConsumer(database, alarms, notices)
        self.figures = FiguresConsumer(database, alarms, notices, clock)
        self.vigil = Vigil(database, alarms, notices, settings, clock)
        hooks = Webhooks(database, deliveries, outbox, settings, clock)
        self.routers: Sequence[APIRouter] = [
            notifications.routes(database, gate, notices, clock),
            alerts.routes(database, gate, Handling(database, alarms, notices, clock)),
            webhooks.routes(database, gate, hooks),
        ]
