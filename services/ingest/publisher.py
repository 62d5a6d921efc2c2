"""Tells the bus and the browsers what sessions are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4, uuid5

import orjson

from services.contracts.audit import DATA_EXPORTED, SESSION_NOTED, DataExported, Deed, SessionNoted
from services.contracts.channels import SessionGone, team_channel, user_channel
from services.contracts.sessions import Session, SessionDeleted, SessionState, SessionStates
from services.contracts.topology import EVENTS, SESSION_DELETED, SESSION_STATE
from services.runtime.auth import Caller


@dataclass(frozen=True, slots=True)
class Announcement:
    """Bytes for one fan-out channel."""

    channel: str
    payload: bytes


def channel_of(session: Session) -> str:
    """Where changes of a session are told: to its owner alone while it is private."""
    if session.visibility == "private":
        return user_channel(session.team_id, session.user_id)
    return team_channel(session.team_id)


def changed(
    session: Session, *, created: bool = False, ended: bool = False, written: bytes | None = None
) -> Announcement:
    """`written` is the session as JSON, where somebody has it already."""
    if written is None:
        written = session.model_dump_json().encode()
    flags = orjson.dumps({"created": created, "ended": ended})
    return Announcement(channel_of(session), b'{"type":"session","session":%b,%b' % (written, flags[1:]))


def left(session: Session) -> Announcement:
    """Tell the team that a session has become its owner's alone."""
    gone = SessionGone(session_id=session.id, user_id=session.user_id, version=session.version, why="left")
    return Announcement(team_channel(session.team_id), gone.model_dump_json().encode())


def deleted(session: Session, version: int) -> Announcement:
    gone = SessionGone(session_id=session.id, user_id=session.user_id, version=version, why="deleted")
    return Announcement(channel_of(session), gone.model_dump_json().encode())


@dataclass(frozen=True, slots=True)
class EventMessage:
    """A message for the exchange `events`."""

    routing_key: str
    body: bytes

    exchange = EVENTS


def deletion_message(session: Session, version: int, at: datetime) -> EventMessage:
    gone = SessionDeleted(
        team_id=session.team_id, user_id=session.user_id, session_id=session.id, version=version, at=at
    )
    return EventMessage(SESSION_DELETED, gone.model_dump_json().encode())


def session_noted(actor: UUID | None, session: Session, deed: Deed, at: datetime) -> EventMessage:
    """What the audit log is to hold: who did what to whose session, and no word of the session itself."""
    noted = SessionNoted(
        # A version is made once, whatever became of it; it may be exported many times.
        event_id=uuid4() if deed == "exported" else uuid5(session.id, f"{deed}:{session.version}"),
        team_id=session.team_id,
        actor_id=actor,
        owner_id=session.user_id,
        session_id=session.id,
        deed=deed,
        visibility=session.visibility if deed == "visibility_changed" else None,
        at=at,
    )
    return EventMessage(SESSION_NOTED, noted.model_dump_json().encode())


def export_noted(caller: Caller, at: datetime) -> EventMessage:
    """What the audit log is to hold: that somebody took a copy of their sessions."""
    noted = DataExported(event_id=uuid4(), user_id=caller.user_id, of="sessions", at=at)
    return EventMessage(DATA_EXPORTED, noted.model_dump_json().encode())


Written = Mapping[UUID, bytes]
"""Sessions as JSON, by their ids."""


def sessions_written(states: Iterable[SessionState]) -> Written:
    return {state.session.id: state.session.model_dump_json().encode() for state in states}


def state_messages(
    states: Sequence[SessionState], at: datetime, most: int, most_bytes: int, written: Written | None = None
) -> list[EventMessage]:
    """Pack states into messages of one team each, at most `most` states and about `most_bytes` large.

    A state whose events make it larger than that is told several times, each time with some of the events.
    """
    known = sessions_written(states) if written is None else written
    teams: dict[UUID, list[SessionState]] = {}
    for state in states:
        teams.setdefault(state.session.team_id, []).append(state)
    return [
        _message(team_id, chunk, at)
        for team_id, members in teams.items()
        for chunk in _chunks(members, most, most_bytes, known)
    ]


def _message(team_id: UUID, states: Sequence[bytes], at: datetime) -> EventMessage:
    """States are put in as they were written when they were weighed."""
    empty = SessionStates(team_id=team_id, sent_at=at, states=()).model_dump_json().encode()
    head, end = empty[:-2], empty[-2:]
    assert end == b"]}"
    return EventMessage(SESSION_STATE, head + b",".join(states) + end)


def _chunks(
    states: Sequence[SessionState], most: int, most_bytes: int, known: Written
) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for piece in (piece for whole in states for piece in _pieces(whole, most_bytes, known)):
        if chunk and (len(chunk) >= most or size + len(piece) > most_bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(piece)
        size += len(piece)
    if chunk:
        yield chunk


def _pieces(state: SessionState, most_bytes: int, known: Written) -> Iterator[bytes]:
    """Give states that fit, as JSON."""
    rest = state.model_dump_json(exclude={"session"}).encode()
    written = b'{"session":%b,%b' % (known[state.session.id], rest[1:])
    middle = len(state.events) // 2
    if len(written) <= most_bytes or not middle:
        yield written
        return
    for events in (state.events[:middle], state.events[middle:]):
        yield from _pieces(state.model_copy(update={"events": events}), most_bytes, known)


def announcements(
    states: Iterable[SessionState],
    created: Mapping[UUID, bool],
    ended: Mapping[UUID, bool],
    written: Written | None = None,
) -> list[Announcement]:
    """One announcement a session, with what the batch knows of its beginning and end."""
    return [
        changed(
            state.session,
            created=created.get(state.session.id, False),
            ended=ended.get(state.session.id, False),
            written=(written or {}).get(state.session.id),
        )
        for state in states
    ]
