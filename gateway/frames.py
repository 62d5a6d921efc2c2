"""The text of the frames that the gateway sends. Sessions are put in as they were encoded once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson
from pydantic import BaseModel

from gateway.changes import Card, Changed, CommandNews, MemberNews, OtherNews
from gateway.cursor import BETWEEN
from gateway.pending import Notice
from services.contracts.frames import (
    FrameAuthenticated,
    FrameError,
    FramePong,
    FrameResync,
    FrameUnsubscribed,
)
from services.runtime.auth import Caller


class News(Protocol):
    """A notice as it is sent, with what became of its session meanwhile."""

    @property
    def notice(self) -> Notice: ...

    @property
    def created(self) -> bool: ...

    @property
    def ended(self) -> bool: ...


def _text(frame: BaseModel) -> bytes:
    return frame.model_dump_json().encode()


PONG = _text(FramePong())


def authenticated(caller: Caller) -> bytes:
    return _text(FrameAuthenticated(user_id=caller.user_id, team_id=caller.team_id, role=caller.role))


def unsubscribed(channel: str) -> bytes:
    return _text(FrameUnsubscribed(channel=channel))


def resync(channel: str) -> bytes:
    return _text(FrameResync(channel=channel))


def error(code: str, detail: str, channel: str | None = None) -> bytes:
    return _text(FrameError(code=code, detail=detail, channel=channel))


def subscribed(
    channel: str, cursor: bytes, cards: Iterable[Card], *, truncated: bool = False, resumed: bool = False
) -> bytes:
    return b'{"type":"subscribed",%b,"cursor":"%b","sessions":[%b],"truncated":%b,"resumed":%b}' % (
        address(channel), cursor, b",".join([card.text for card in cards]), _flag(truncated), _flag(resumed),
    )  # fmt: skip


def address(channel: str) -> bytes:
    """Return what all frames of a channel have in common."""
    return b'"channel":' + orjson.dumps(channel)


def news(address: bytes, told: News) -> list[bytes]:
    """Return the frames of news; of a session's the update, and that it began or ended if it did.

    Each is open: its cursor and its end are still to come.
    """
    change, left = told.notice.change, told.notice.left
    if isinstance(change, MemberNews | OtherNews):
        return [_open(change.type, address, change.text)]
    if isinstance(change, CommandNews):
        return [_open("command_result", address, change.text)]
    if not isinstance(change, Changed):
        text = orjson.dumps({"session_id": change.id, "id": change.id, "version": change.version})
        return [_open("session_deleted" if change.deleted else "session_update", address, text, left=True)]
    kinds = ["session_update"]
    if told.created and not left:
        kinds.append("session_created")
    if told.ended:
        kinds.append("session_ended")
    return [_open(kind, address, change.card.text, left=left) for kind in kinds]


@dataclass(frozen=True, slots=True)
class Message:
    """A message but for one part of its cursor, which is each reader's own and goes between the two."""

    begin: bytes
    end: bytes


def closed(frame: bytes, cursor: bytes) -> bytes:
    return frame + cursor + b'"}'


def batch(frames: Sequence[bytes]) -> bytes:
    """One message of all these frames; a single one needs no wrapping."""
    return frames[0] if len(frames) == 1 else b'{"type":"batch","frames":[%b]}' % b",".join(frames)


def shared(frames: Sequence[bytes], part: bytes, place: int) -> Message:
    """One message of these open frames for many readers, who have one part of the cursor in common.

    `place` is that of the common part. Only the last frame, after which a reader has heard everything, gets
    a whole cursor.
    """
    before, after = (part + BETWEEN, b"") if place == 0 else (b"", BETWEEN + part)
    *others, last = frames
    if not others:
        return Message(last + before, after + b'"}')
    cut = before + after + b'"},'
    return Message(
        b'{"type":"batch","frames":[%b' % b"".join([*(frame + cut for frame in others), last + before]),
        after + b'"}]}',
    )


def _open(kind: str, address: bytes, data: bytes, *, left: bool | None = None) -> bytes:
    flag = b"" if left is None else b'"left":%b,' % _flag(left)
    return b'{"type":"%b",%b,"data":%b,%b"cursor":"' % (kind.encode(), address, data, flag)


def _flag(value: bool) -> bytes:
    return b"true" if value else b"false"
