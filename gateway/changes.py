"""What the fan-out says of a session, read once and shared by everybody who hears it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from services.contracts.channels import SessionChanged, SessionGone
from services.contracts.sessions import Session

GONE_BYTES = 128
_LEFT, _CHANGED, _DELETED, _RANKS = 0, 1, 2, 3
_MESSAGE: TypeAdapter[SessionChanged | SessionGone] = TypeAdapter(
    Annotated[SessionChanged | SessionGone, Field(discriminator="type")]
)


@dataclass(frozen=True, slots=True)
class Card:
    """A session as the frames carry it (`text`, JSON of `size` bytes), and what filters and order need.

    Ids are texts here: they are looked up for every reader of every change, and a UUID's hash is slow.
    """

    id: str
    version: int
    user_id: UUID
    username: str
    status: str
    tool: str
    private: bool
    tags: frozenset[str]
    newest: datetime
    updated_at: datetime
    text: str
    size: int

    @property
    def rank(self) -> int:
        return self.version * _RANKS + _CHANGED


class Changed:
    """A session as it is now.

    Of two changes of a session the one of higher `rank` holds. At one version, being on one channel outweighs
    having left another, and deletion outweighs both.
    """

    __slots__ = ("card", "created", "ended", "id", "rank", "size")

    def __init__(self, card: Card, *, created: bool = False, ended: bool = False) -> None:
        self.card = card
        self.created = created
        self.ended = ended
        self.id = card.id
        self.rank = card.rank
        self.size = card.size


class Gone:
    """The session is no longer for those who hear this."""

    __slots__ = ("deleted", "id", "rank", "size", "user_id", "version")

    def __init__(self, id_: UUID, user_id: UUID, version: int, *, deleted: bool) -> None:
        self.id = str(id_)
        self.user_id = user_id
        self.version = version
        self.deleted = deleted
        self.rank = version * _RANKS + (_DELETED if deleted else _LEFT)
        self.size = GONE_BYTES


Change = Changed | Gone


def card_of(session: Session) -> Card:
    """Encode a session: as the API gives it, with the three headline figures under the wire's names."""
    head = orjson.dumps(
        {
            "session_id": str(session.id),
            "health_score": session.health.score if session.health else None,
            "token_count": session.tokens.total,
        }
    )
    text = f"{head[:-1].decode()},{session.model_dump_json()[1:]}"
    return Card(
        id=str(session.id),
        version=session.version,
        user_id=session.user_id,
        username=session.username,
        status=session.status,
        tool=session.tool,
        private=session.visibility == "private",
        tags=frozenset(session.tags),
        newest=session.last_activity_at or session.updated_at,
        updated_at=session.updated_at,
        text=text,
        size=len(text.encode()),
    )


def read_change(payload: bytes) -> Change | None:
    """Read a message of the fan-out; `None` for kinds that no session frame is made of."""
    try:
        message = _MESSAGE.validate_json(payload)
    except ValidationError:
        return None
    if isinstance(message, SessionChanged):
        return Changed(card_of(message.session), created=message.created, ended=message.ended)
    return Gone(message.session_id, message.user_id, message.version, deleted=message.why == "deleted")
