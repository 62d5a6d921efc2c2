"""The text of the frames that the gateway sends. Sessions are put in as they were encoded once."""

from collections.abc import Iterable, Sequence

import orjson

from gateway.changes import Card, Changed
from gateway.pending import Waiting
from services.contracts.frames import (
    FrameAuthenticated,
    FrameError,
    FramePong,
    FrameResync,
    FrameUnsubscribed,
)
from services.runtime.auth import Caller

PONG = FramePong().model_dump_json()


def authenticated(caller: Caller) -> str:
    answer = FrameAuthenticated(user_id=caller.user_id, team_id=caller.team_id, role=caller.role)
    return answer.model_dump_json()


def unsubscribed(channel: str) -> str:
    return FrameUnsubscribed(channel=channel).model_dump_json()


def resync(channel: str) -> str:
    return FrameResync(channel=channel).model_dump_json()


def error(code: str, detail: str, channel: str | None = None) -> str:
    return FrameError(code=code, detail=detail, channel=channel).model_dump_json()


def subscribed(
    channel: str, cursor: str, cards: Iterable[Card], *, truncated: bool = False, resumed: bool = False
) -> str:
    sessions = ",".join(card.text for card in cards)
    flags = f'"truncated":{_flag(truncated)},"resumed":{_flag(resumed)}'
    return f'{{"type":"subscribed",{address(channel, cursor)},"sessions":[{sessions}],{flags}}}'


def address(channel: str, cursor: str) -> str:
    """Return what all frames of a subscription in one message have in common."""
    return f'"channel":{orjson.dumps(channel).decode()},"cursor":"{cursor}"'


def news(address: str, waiting: Waiting) -> list[str]:
    """Return the frames of one session's news: the update, and that it began or ended if it did."""
    change, left = waiting.notice.change, waiting.notice.left
    if not isinstance(change, Changed):
        text = orjson.dumps({"session_id": change.id, "id": change.id, "version": change.version}).decode()
        kind = "session_deleted" if change.deleted else "session_update"
        return [_frame(kind, address, text, left=True)]
    kinds = ["session_update"]
    if waiting.created and not left:
        kinds.append("session_created")
    if waiting.ended:
        kinds.append("session_ended")
    return [_frame(kind, address, change.card.text, left=left) for kind in kinds]


def batch(frames: Sequence[str]) -> str:
    """One message of all these frames; a single one needs no wrapping."""
    return frames[0] if len(frames) == 1 else f'{{"type":"batch","frames":[{",".join(frames)}]}}'


def _frame(kind: str, address: str, data: str, *, left: bool) -> str:
    return f'{{"type":"{kind}",{address},"data":{data},"left":{_flag(left)}}}'


def _flag(value: bool) -> str:
    return "true" if value else "false"
