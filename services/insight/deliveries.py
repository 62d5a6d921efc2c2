"""Takes what is told to teams to the receivers they have named, again and again until it has arrived."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from services.contracts.sessions import instant_text
from services.insight.domain.deliveries import Outcome, Patience, outcome_of
from services.insight.domain.messages import Message, body_for, signature
from services.insight.domain.notices import TEXT_CHARACTERS, TITLE_CHARACTERS, Notice, Recipient, shortened
from services.insight.domain.preferences import CHANNEL_OF, WebhookKind
from services.insight.domain.targets import Rules, TargetError, read_target
from services.insight.posting import Poster, UnsentError
from services.insight.store import deliveries as store
from services.insight.store import notices, webhooks
from services.runtime.auth import Actor, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.hands import Hands
from services.runtime.metrics import Metrics
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
Row = Mapping[str, Any]
FACT_CHARACTERS = 200


class Deliveries:
    """At least once: a receiver tells by the delivery's id what it has had already.

    Any number of processes may share the table; what one has taken is nobody else's until its lease ends.
    """

    def __init__(
        self, database: Database, poster: Poster, settings: Settings, clock: Clock, metrics: Metrics
    ) -> None:
        self._database = database
        self._poster = poster
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._rules = rules_of(settings)
        self._patience = Patience(
            timedelta(seconds=settings.webhook_retry_seconds),
            timedelta(seconds=settings.webhook_retry_max_seconds),
            timedelta(hours=settings.webhook_hours),
        )
        self._hands = Hands(
            "deliveries",
            self._take,
            self._handle,
            count=settings.webhooks_at_once,
            seconds=settings.webhook_poll_seconds,
        )

    async def start(self) -> None:
        await self._hands.start()

    async def stop(self) -> None:
        """Finish what is in hand, shortly; what has not arrived stays in the table."""
        await self._hands.stop(self._settings.outbox_stop_seconds)

    def wake(self) -> None:
        """Look into the table now, not at the next poll."""
        self._hands.wake()

    async def add(
        self, actor: TeamsCaller, connection: Connection, notice: Notice, recipients: Sequence[Recipient]
    ) -> None:
        """Add a delivery to each of the team's webhooks that is for this, in the caller's transaction.

        One of the recipients has to want it there; it goes when the first of them has no quiet hours.
        """
        now = self._clock.now()
        rows = []
        for hook in await webhooks.enabled(actor, connection):
            wanting = [one for one in recipients if one.wants(CHANNEL_OF[hook["kind"]])]
            if notice.kind in hook["events"] and wanting:
                due_at = min(one.quiet_until or now for one in wanting)
                times = {"due_at": due_at, "until": due_at + self._patience.whole}
                rows.append(self._row(hook, notice, notice.kind) | times)
        await store.add(actor, connection, rows)

    async def drop(self, actor: TeamsCaller, connection: Connection, insight_id: UUID) -> None:
        """Take back what has not been delivered of an insight."""
        await store.drop(actor, connection, insight_id)

    async def test(self, actor: Actor, hook: Row, notice: Notice) -> dict[str, Any]:
        """Try a webhook once, now, switched on or not; answers the delivery as it stands then."""
        lease = self._clock.now() + timedelta(seconds=self._settings.webhook_lease_seconds)
        delivery = self._row(hook, notice, "test") | {"attempts": 1, "due_at": lease}
        async with self._database.write(actor) as connection:
            await store.add(actor, connection, [delivery])
        outcome = await self._try(hook, delivery)
        settled = await self._settle(actor, delivery, hook, outcome, again=False)
        return settled or delivery

    def _row(self, hook: Row, notice: Notice, kind: str) -> dict[str, Any]:
        now = self._clock.now()
        facts = {name: shortened(value, FACT_CHARACTERS) for name, value in notice.facts.items()}
        message = {
            "title": shortened(notice.title, TITLE_CHARACTERS),
            "text": shortened(notice.text, TEXT_CHARACTERS),
            "link": notice.link,
            "facts": facts,
            "at": instant_text(now),
        }
        return {
            "id": uuid4(),
            "team_id": hook["team_id"],
            "webhook_id": hook["id"],
            "kind": kind,
            "message": message,
            "session_id": notice.session_id,
            "insight_id": notice.insight_id,
            "status": "waiting",
            "attempts": 0,
            "response_status": None,
            "error": None,
            "created_at": now,
            "due_at": now,
            "until": now + self._patience.whole,
            "delivered_at": None,
        }

    async def step(self) -> bool:
        """Make one delivery that is due; whether there was one."""
        delivery = await self._take()
        if delivery is not None:
            await self._handle(delivery)
        return delivery is not None

    async def _take(self) -> Row | None:
        now = self._clock.now()
        async with self._database.read(NOBODY) as connection:
            if not await store.is_due(None, connection, now):
                return None
        lease_until = now + timedelta(seconds=self._settings.webhook_lease_seconds)
        async with self._database.write(NOBODY) as connection:
            return await store.take(None, connection, now, lease_until)

    async def _handle(self, delivery: Row) -> None:
        actor = TeamsCaller.of({delivery["team_id"]})
        async with self._database.read(actor) as connection:
            hook = await webhooks.find(actor, connection, delivery["webhook_id"])
            refusal = await self._refusal(actor, connection, hook, delivery)
        if hook is None:
            return
        outcome = refusal or await self._try(hook, delivery)
        await self._settle(actor, delivery, hook, outcome)

    async def _refusal(
        self, actor: TeamsCaller, connection: Connection, hook: Row | None, delivery: Row
    ) -> Outcome | None:
        """Why it is not to be sent any more."""
        if hook is None or not hook["enabled"]:
            return Outcome(delivered=False, error="The webhook was switched off.", final=True)
        if delivery["until"] <= self._clock.now():
            return Outcome(delivered=False, error="It could not be delivered in time.", final=True)
        if delivery["session_id"] is not None and delivery["insight_id"] is None:
            sight = await notices.sight_of(actor, connection, delivery["session_id"])
            if sight is None or sight.private:
                return Outcome(delivered=False, error="The session is not shared any more.", final=True)
        return None

    async def _try(self, hook: Row, delivery: Row) -> Outcome:
        try:
            target = read_target(hook["url"], hook["kind"], self._rules)
            body = body_for(hook["kind"], self._message(delivery))
            status = await self._poster.post(target, body, self._headers(hook, delivery, body))
        except TargetError as error:
            return Outcome(delivered=False, error=str(error), final=True)
        except UnsentError as error:
            return Outcome(delivered=False, error=error.reason)
        return outcome_of(hook["kind"], status)

    def _message(self, delivery: Row) -> Message:
        told, base = delivery["message"], self._settings.public_url.rstrip("/")
        return Message(
            id=delivery["id"],
            kind=delivery["kind"],
            team_id=delivery["team_id"],
            title=told["title"],
            text=told["text"],
            at=told["at"],
            url=f"{base}{told['link']}" if base else None,
            facts=told["facts"],
        )

    def _headers(self, hook: Row, delivery: Row, body: bytes) -> dict[str, str]:
        if hook["secret"] is None:
            return {}
        timestamp = str(int(self._clock.now().timestamp()))
        return {
            "X-Dashboard-Delivery": str(delivery["id"]),
            "X-Dashboard-Event": delivery["kind"],
            "X-Dashboard-Timestamp": timestamp,
            "X-Dashboard-Signature": signature(hook["secret"], timestamp, body),
        }

    async def _settle(
        self, actor: Actor, delivery: Row, hook: Row, outcome: Outcome, *, again: bool = True
    ) -> dict[str, Any] | None:
        now = self._clock.now()
        later = self._patience.after(delivery["attempts"], now)
        values: dict[str, Any] = {"response_status": outcome.status, "error": outcome.error}
        if outcome.delivered:
            values |= {"status": "delivered", "delivered_at": now}
        elif outcome.final or not again or later >= delivery["until"]:
            values |= {"status": "failed"}
        else:
            values |= {"due_at": later}
        async with self._database.write(actor) as connection:
            settled = await store.settle(actor, connection, delivery, values)
        status = settled["status"] if settled else "overtaken"
        self._metrics.deliveries.labels(hook["kind"], status).inc()
        return settled


def rules_of(settings: Settings) -> Rules:
    """Where webhooks may point on this server."""
    hosts: dict[WebhookKind, tuple[str, ...]] = {"slack": settings.slack_hosts, "teams": settings.teams_hosts}
    return Rules(hosts, loopback=settings.webhook_loopback)
