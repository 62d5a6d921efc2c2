"""Notices incidents: begins, continues and ends them, and tells whom they concern."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from services.contracts.channels import Tidings, TidingsFrame, team_channel, user_channel
from services.contracts.frames import AlertData
from services.contracts.notices import Alert
from services.contracts.sessions import Session
from services.insight.domain.alerts.course import step
from services.insight.domain.alerts.limits import Limits
from services.insight.domain.alerts.rules import Reading, mark_of, progress, read
from services.insight.domain.naming import facts_of, name_of
from services.insight.domain.notices import Notice
from services.insight.notices import Notices
from services.insight.store import alerts as store
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings

Row = Mapping[str, Any]
LONGEST_COOLDOWN = timedelta(days=1)
OF_TOKENS = frozenset({"token_warning", "budget_warning"})
NO_SESSION = frozenset({"agent_silent"})


@dataclass(frozen=True, slots=True)
class News:
    """A session that is newer than what was known of it; `before` is the status that was known."""

    session: Session
    before: str | None

    @property
    def is_quiet(self) -> bool:
        """Whether it had ended already, or is heard of for the first time when it is over."""
        return self.session.status == "ended" and self.before in {None, "ended"}


class Alarms:
    """Works in its callers' transactions; `Notices.wake` sends what it told once they are committed."""

    def __init__(self, notices: Notices, outbox: Outbox, settings: Settings, clock: Clock) -> None:
        self._notices = notices
        self._outbox = outbox
        self._settings = settings
        self._clock = clock

    async def judge(self, actor: TeamsCaller, connection: Connection, news: Sequence[News]) -> None:
        """Apply all rules to sessions that have changed."""
        lively = [one for one in news if not one.is_quiet]
        if not lively:
            return
        now = self._clock.now()
        limits = await self.limits(actor, connection)
        marks = await store.marks(actor, connection, [one.session.id for one in lively])
        readings: dict[tuple[str, str], tuple[Reading, Session]] = {}
        for one in lively:
            session = one.session
            mine = limits[session.team_id]
            for reading in read(session, one.before, marks.get(session.id), mine, now):
                _keep(readings, reading, session)
        await self.apply(actor, connection, readings.values(), limits)
        moved = [
            (one.session, mark_of(one.session, now))
            for one in lively
            if one.session.status == "active"
            and ((mark := marks.get(one.session.id)) is None or mark.mark != progress(one.session))
        ]
        await store.put_marks(actor, connection, moved)

    async def apply(
        self,
        actor: TeamsCaller,
        connection: Connection,
        readings: Collection[tuple[Reading, Session]],
        limits: Mapping[UUID, Limits],
    ) -> None:
        """Take readings into the incidents of their subjects; `limits` are those of the actor's teams."""
        now = self._clock.now()
        telling = [(reading, session) for reading, session in readings if reading.holds is not None]
        subjects = {reading.subject for reading, _ in telling}
        known = await store.latest(actor, connection, subjects, now - LONGEST_COOLDOWN)
        for reading, session in telling:
            cooldown = limits[session.team_id].cooldown
            row = known.get((reading.kind, reading.subject))
            change = step(reading, row, cooldown, now)
            if change is None:
                continue
            if change.step == "begun":
                await self._begin(actor, connection, reading, session, change.values)
            elif row is not None:
                changed = await store.change(actor, connection, row, change.values)
                if change.shown:
                    await self.show(connection, changed, session)

    async def show(self, connection: Connection, row: Row, session: Session | None) -> None:
        """Tell open pages how an incident stands: the owner's alone, or those of everybody who may see it."""
        personal = row["session_id"] is None and row["user_id"] is not None
        private = session is not None and session.visibility == "private" and row["session_id"] is not None
        title = session.title if session is not None and row["session_id"] is not None else None
        data = AlertData(session_id=row["session_id"], alert=alert_of({**row, "session_title": title}))
        frame: TidingsFrame = "token_warning" if row["kind"] in OF_TOKENS else "health_alert"
        told = Tidings(
            frame=frame,
            id=f"alert {row['id']}",
            rank=row["revision"],
            data=data.model_dump(mode="json"),
            session_id=row["session_id"],
            version=session.version if session else 0,
            owner_id=row["user_id"],
        )
        alone = row["user_id"] if personal or private else None
        channel = user_channel(row["team_id"], alone) if alone else team_channel(row["team_id"])
        await self._outbox.add_fanout(connection, channel, told.model_dump_json().encode())

    async def tell(self, connection: Connection, row: Row, session: Session) -> None:
        """Tell the person whose session it is, and the team's webhooks where the team may see it."""
        title, reason = title_of(row, session), row["reason"]
        where = [reason, session.repository or session.project, session.hostname]
        notice = Notice(
            team_id=row["team_id"],
            to_user_ids=(session.user_id,),
            kind=row["kind"],
            title=title,
            text=" · ".join(part for part in where if part),
            link=f"/sessions/{session.id}",
            session_id=session.id,
            alert_id=row["id"],
            facts=facts_of(session, reason),
            personal=row["session_id"] is None,
        )
        await self._notices.tell(connection, notice)

    async def _begin(
        self, actor: TeamsCaller, connection: Connection, reading: Reading, session: Session, values: Row
    ) -> None:
        row = {
            "id": uuid4(),
            "team_id": session.team_id,
            "user_id": session.user_id,
            "username": session.username,
            "kind": reading.kind,
            "subject": reading.subject,
            "session_id": None if reading.kind in NO_SESSION else session.id,
            **values,
        }
        if await store.begin(actor, connection, row):
            await self.show(connection, row, session)
            await self.tell(connection, row, session)

    async def limits(self, actor: TeamsCaller, connection: Connection) -> dict[UUID, Limits]:
        """From where on something is worth telling, for each of these teams."""
        known = await store.settings_of(actor, connection)
        return {team_id: Limits.of(known.get(team_id, {}), self._settings) for team_id in actor.teams}


def alert_of(row: Row) -> Alert:
    """Show a row as the API and the frames give it."""
    return Alert.model_validate({name: row[name] for name in Alert.model_fields})


def title_of(row: Row, session: Session) -> str:
    """What has happened, in a few words."""
    name = name_of(session)
    titles = {
        "health_alert": f"Health of {name} fell to {row['value']:.0f}",
        "token_warning": f"{name} has filled {row['value']:.0f} % of its context",
        "waiting_long": f"{name} has waited for {row['value']:.0f} minutes",
        "runaway": f"{name} runs without progress",
        "agent_silent": f"{session.hostname or 'A machine'} is not heard from",
    }
    return titles[row["kind"]]


def _keep(
    readings: dict[tuple[str, str], tuple[Reading, Session]], reading: Reading, session: Session
) -> None:
    """Of one machine's sessions, that one silent one was at work outweighs what the others say."""
    key = (reading.kind, reading.subject)
    held = readings.get(key)
    if held is None or held[0].holds is None or (reading.holds and not held[0].holds):
        readings[key] = (reading, session)
