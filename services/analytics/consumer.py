"""Takes sessions from the bus into facts."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import orjson
from pydantic import ValidationError

from services.analytics.domain.facts import Facts, facts_of, nothing_left
from services.analytics.domain.told import SESSION_MESSAGE, SessionKept
from services.analytics.store import budgets, facts, people
from services.analytics.store.facts import Row, Written
from services.contracts.prices import PriceBook
from services.contracts.sessions import SessionDeleted
from services.projection.store import tombstone
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Rejection, Transient
from services.runtime.clock import Clock
from services.runtime.db import Database, is_transient
from services.runtime.settings import Settings
from services.runtime.turns import Turns

Told = SessionKept | SessionDeleted


class SessionConsumer:
    """Twice, late or out of order, the same messages leave the same facts."""

    def __init__(self, database: Database, book: PriceBook, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._book = book
        self._settle = timedelta(seconds=settings.analytics_settle_seconds)
        self._clock = clock

    async def handle(self, messages: Sequence[Message]) -> Sequence[Rejection | None]:
        """Store one batch. Raises `Transient` when the database is in the way."""
        answers: list[Rejection | None] = [None] * len(messages)
        newest: dict[UUID, Told] = {}
        turns = Turns()
        for index, message in enumerate(messages):
            await turns.give()
            try:
                told = SESSION_MESSAGE.validate_json(message.body)
            except ValidationError as error:
                answers[index] = Rejection("invalid", f"{error.error_count()} fields are wrong")
                continue
            for each in (told,) if isinstance(told, SessionDeleted) else told.states:
                keep(newest, each)
        try:
            await self._store(list(newest.values()), turns)
        except Exception as error:
            if is_transient(error):
                raise Transient(type(error).__name__) from error
            raise
        return answers

    async def _store(self, told: Sequence[Told], turns: Turns) -> None:
        if not told:
            return
        sessions = [each.session for each in told if isinstance(each, SessionKept)]
        names = {session.user_id: session.username for session in sessions}
        actor = TeamsCaller.of({team_of(each) for each in told})
        async with self._database.write(actor) as connection:
            prices = await people.held_prices(actor, connection)
            books = {team_id: self._book.with_own(own) for team_id, own in prices.items()}
            states: list[Written] = []
            for each in told:
                states.append(written(each, books.get(team_of(each), self._book)))
                await turns.give()
            gone = await people.departed_of(actor, connection, actor.teams | names.keys())
            kept = [each for each in states if not _is_let_go(each.row, gone)]
            await people.meet_users(actor, connection, names)
            # To the second: what changes all the time is marked once in each.
            settles_at = self._clock.now().replace(microsecond=0) + self._settle
            await facts.write(actor, connection, kept, settles_at)
            deleted = [each.row["session_id"] for each in kept if each.row["deleted"]]
            await budgets.forget_sessions(actor, connection, deleted)


def _is_let_go(row: Row, gone: frozenset[UUID]) -> bool:
    """Whether it is of a team or a person that is gone; the deletions of a person's sessions are heard."""
    return row["team_id"] in gone or (row["user_id"] in gone and not row["deleted"])


def team_of(told: Told) -> UUID:
    return told.session.team_id if isinstance(told, SessionKept) else told.team_id


def written(told: Told, book: PriceBook) -> Written:
    """What is kept of a session that is, or is no more."""
    if isinstance(told, SessionDeleted):
        return Written(nothing_left() | tombstone(told), Facts({}))
    made = facts_of(told, book)
    return Written(_row(told) | made.session, made)


def _row(kept: SessionKept) -> Row:
    session = kept.session
    return {
        "session_id": session.id,
        "team_id": session.team_id,
        "user_id": session.user_id,
        "version": session.version,
        "deleted": False,
        "visibility": session.visibility,
        "status": session.status,
        "last_activity_at": session.last_activity_at,
        "body": orjson.Fragment(kept.model_dump_json()),
    }


def keep(newest: dict[UUID, Told], told: Told) -> None:
    """Keep the newest of each session; a deletion wins over a state of its version."""
    identity, place = _place(told)
    held = newest.get(identity)
    if held is None or place >= _place(held)[1]:
        newest[identity] = told


def _place(told: Told) -> tuple[UUID, tuple[int, bool]]:
    if isinstance(told, SessionDeleted):
        return told.session_id, (told.version, True)
    return told.session.id, (told.session.version, False)
