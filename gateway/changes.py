"""What the fan-out says of a session, read once and shared by everybody who hears it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from services.contracts.channels import SessionChanged, SessionGone
from services.contracts.sessions import Session

_LEFT, _CHANGED, _DELETED, _RANKS = 0, 1, 2, 3
_MESSAGE: TypeAdapter[SessionChanged | SessionGone] = TypeAdapter(
    Annotated[SessionChanged | SessionGone, Field(discriminator="type")]
)


@dataclass(frozen=True, slots=True)
class Card:
    """A session as the frames carry it (`text`, JSON of `size` bytes), and what filters and order need."""

    id: UUID
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


@dataclass(frozen=True, slots=True)
class Changed:
    card: Card
    created: bool = False
    ended: bool = False

    @property
    def id(self) -> UUID:
        return self.card.id

    @property
    def rank(self) -> int:
        """Of two changes of a session the higher one holds.

        At one version, being on one channel outweighs having left another, and deletion outweighs both.
        """
        return self.card.rank


@dataclass(frozen=True, slots=True)
class Gone:
    id: UUID
    user_id: UUID
    version: int
    deleted: bool

    @property
    def rank(self) -> int:
        return self.version * _RANKS + (_DELETED if self.deleted else _LEFT)


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
        id=session.id,
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
        return Changed(card_of(message.session), message.created, message.ended)
    return Gone(message.session_id, message.user_id, message.version, message.why == "deleted")
