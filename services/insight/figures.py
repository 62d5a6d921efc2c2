"""Takes what analytics tells: budgets that are used up, and weeks that are over."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any
from uuid import UUID, uuid4

from pydantic import Field, TypeAdapter, ValidationError

from services.contracts.budgets import BUDGET_CROSSED, WEEK_REPORTED, BudgetCrossed, WeekReported
from services.contracts.sessions import Session
from services.insight.alarms import Alarms
from services.insight.domain.budgets import ends_at, reason_of, subject_of, title_of
from services.insight.domain.naming import name_of
from services.insight.domain.notices import Notice
from services.insight.notices import Notices
from services.insight.store import alerts, morning, people, projected
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database, is_transient

KINDS = frozenset({BUDGET_CROSSED, WEEK_REPORTED})
_MESSAGE: TypeAdapter[BudgetCrossed | WeekReported] = TypeAdapter(
    Annotated[BudgetCrossed | WeekReported, Field(discriminator="kind")]
)


class FiguresConsumer:
    """What comes twice is told once. Kinds that came into the world later are left alone."""

    def __init__(self, database: Database, alarms: Alarms, notices: Notices, clock: Clock) -> None:
        self._database = database
        self._alarms = alarms
        self._notices = notices
        self._clock = clock

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Handle one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        for index, message in enumerate(messages):
            if message.routing_key not in KINDS:
                continue
            try:
                told = _MESSAGE.validate_json(message.body)
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
                continue
            try:
                await self._take(told)
            except Exception as error:
                if is_transient(error):
                    raise Transient(type(error).__name__) from error
                raise
        return answers

    async def _take(self, told: BudgetCrossed | WeekReported) -> None:
        actor = TeamsCaller.of({told.team_id})
        async with self._database.write(actor) as connection:
            if await people.departed_of(actor, connection, actor.teams):
                return
            if isinstance(told, WeekReported):
                await self._report(actor, connection, told)
            else:
                await self._warn(actor, connection, told)
        self._notices.wake()

    async def _report(self, actor: TeamsCaller, connection: Connection, told: WeekReported) -> None:
        if not await morning.first_time(None, connection, told.event_id, self._clock.now()):
            return
        members = await people.present(actor, connection)
        notice = Notice(
            team_id=told.team_id,
            to_user_ids=list(members),
            kind="weekly_report",
            title=told.title,
            text=" · ".join(told.lines),
            link=told.link,
        )
        await self._notices.tell(connection, notice)

    async def _warn(self, actor: TeamsCaller, connection: Connection, told: BudgetCrossed) -> None:
        subject = subject_of(told)
        if await alerts.has_been(actor, connection, "budget_warning", subject):
            return
        members = await people.present(actor, connection)
        session = await self._session(actor, connection, told.session_id)
        if told.session_id is not None and session is None:
            return
        row = self._row(told, subject, members)
        if not await alerts.begin(actor, connection, row):
            return
        await self._alarms.show(connection, row, session)
        await self._notices.tell(connection, _notice(told, row, session, members))

    async def _session(
        self, actor: TeamsCaller, connection: Connection, session_id: UUID | None
    ) -> Session | None:
        if session_id is None:
            return None
        found = await projected.bodies(actor, connection, [session_id])
        return Session.model_validate(found[session_id]) if session_id in found else None

    def _row(self, told: BudgetCrossed, subject: str, members: dict[UUID, Any]) -> dict[str, Any]:
        now = self._clock.now()
        whose = members.get(told.user_id) if told.user_id else None
        return {
            "id": uuid4(), "team_id": told.team_id, "user_id": told.user_id,
            "username": whose["username"] if whose else None, "kind": "budget_warning", "subject": subject,
            "session_id": told.session_id, "state": "open", "revision": 1, "firing": True,
            "reason": reason_of(told), "value": round(100 * told.value / told.limit, 1),
            "threshold": float(told.percent), "opened_at": now, "updated_at": now, "calm_at": None,
            "snoozed_until": None, "resolved_at": None, "resolved_by": None, "acknowledged_by": None,
            "ends_at": ends_at(told),
        }  # fmt: skip


def _notice(
    told: BudgetCrossed, row: dict[str, Any], session: Session | None, members: Collection[UUID]
) -> Notice:
    """A session's and a day's are for whose they are, a month's for everybody."""
    title = title_of(told, name_of(session) if session else None)
    return Notice(
        team_id=told.team_id,
        to_user_ids=list(members) if told.scope == "team_month" or told.user_id is None else (told.user_id,),
        kind="budget_warning",
        title=title,
        text=row["reason"],
        link=f"/sessions/{session.id}" if session else "/analytics",
        session_id=told.session_id,
        alert_id=row["id"],
        facts={"Budget": title, "Reason": row["reason"]},
        personal=told.scope == "member_day",
    )
