"""Tells the bus and the browsers what sessions are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from services.contracts.audit import SESSION_NOTED, SessionNoted
from services.contracts.channels import SessionChanged, SessionGone, team_channel, user_channel
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


def changed(session: Session, *, created: bool = False, ended: bool = False) -> Announcement:
    message = SessionChanged(session=session, created=created, ended=ended)
    return Announcement(channel_of(session), message.model_dump_json().encode())


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


def session_noted(
    caller: Caller, session: Session, deed: Literal["deleted", "visibility_changed"], at: datetime
) -> EventMessage:
    """What the audit log is to hold: who did what to whose session, and no word of the session itself."""
    noted = SessionNoted(
        event_id=uuid4(),
        team_id=session.team_id,
        actor_id=caller.user_id,
        owner_id=session.user_id,
        session_id=session.id,
        deed=deed,
        visibility=session.visibility if deed == "visibility_changed" else None,
        at=at,
    )
    return EventMessage(SESSION_NOTED, noted.model_dump_json().encode())


def state_messages(
    states: Iterable[SessionState], at: datetime, most: int, most_bytes: int
) -> list[EventMessage]:
    """Pack states into messages of one team each, at most `most` states and about `most_bytes` large.

    A state whose events make it larger than that is told several times, each time with some of the events.
    """
    teams: dict[UUID, list[SessionState]] = {}
    for state in states:
        teams.setdefault(state.session.team_id, []).append(state)
    return [
        _message(team_id, chunk, at)
        for team_id, members in teams.items()
        for chunk in _chunks(members, most, most_bytes)
    ]


def _message(team_id: UUID, states: Sequence[SessionState], at: datetime) -> EventMessage:
    body = SessionStates(team_id=team_id, sent_at=at, states=tuple(states))
    return EventMessage(SESSION_STATE, body.model_dump_json().encode())


def _chunks(states: Sequence[SessionState], most: int, most_bytes: int) -> Iterator[list[SessionState]]:
    chunk: list[SessionState] = []
    size = 0
    for state, own in (piece for whole in states for piece in _pieces(whole, most_bytes)):
        if chunk and (len(chunk) >= most or size + own > most_bytes):
            yield chunk
            chunk, size = [], 0
        chunk.append(state)
        size += own
    if chunk:
        yield chunk


def _pieces(state: SessionState, most_bytes: int) -> Iterator[tuple[SessionState, int]]:
    """Give states that fit, each with its size."""
    size = len(state.model_dump_json().encode())
    middle = len(state.events) // 2
    if size <= most_bytes or not middle:
        yield state, size
        return
    for events in (state.events[:middle], state.events[middle:]):
        yield from _pieces(state.model_copy(update={"events": events}), most_bytes)


def announcements(
    states: Iterable[SessionState], created: Mapping[UUID, bool], ended: Mapping[UUID, bool]
) -> list[Announcement]:
    """One announcement a session, with what the batch knows of its beginning and end."""
    return [
        changed(
            state.session,
            created=created.get(state.session.id, False),
            ended=ended.get(state.session.id, False),
        )
        for state in states
    ]
