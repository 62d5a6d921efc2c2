"""What the fan-out says of a session, a command, a member or else, read once for everybody who hears it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from pydantic import Field, TypeAdapter

from services.contracts.channels import CommandChanged, MemberChanged, SessionGone, Tidings
from services.contracts.sessions import Session

GONE_BYTES = 128
_LEFT, _CHANGED, _DELETED, _RANKS = 0, 1, 2, 3
MEMBER_BYTES = 256
_COURSE = ("pending", "sent", "started", "expired", "failed", "done")
Message = SessionGone | MemberChanged | CommandChanged | Tidings
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


@dataclass(frozen=True, slots=True)
class Face:
    """What of a session decides who wants to hear of it. People and sessions are told apart by their ids."""

    user: str
    username: str
    status: str
    tool: str
    private: bool
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Card:
    """A session as the frames carry it: `text` is JSON in UTF-8."""

    id: str
    version: int
    face: Face
    newest: datetime
    updated_at: datetime
    text: bytes

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.text)

    @property
    def rank(self) -> int:
        return self.version * _RANKS + _CHANGED


class Changed:
    """A session as it is now.

    `owner` is the id of whose it is. Of two changes of a session, the one of higher `rank` holds. At one
    version, being on one channel outweighs having left another, and deletion outweighs both.
    """

    __slots__ = ("card", "created", "ended", "id", "owner", "rank", "size")

    def __init__(self, card: Card, *, created: bool = False, ended: bool = False) -> None:
        self.card = card
        self.created = created
        self.ended = ended
        self.id = card.id
        self.owner = card.face.user
        self.rank = card.rank
        self.size = card.size


class Gone:
    """The session is no longer for those who hear this."""

    __slots__ = ("deleted", "id", "owner", "rank", "size", "version")

    def __init__(self, id_: UUID, user_id: UUID, version: int, *, deleted: bool) -> None:
        self.id = str(id_)
        self.owner = str(user_id)
        self.version = version
        self.deleted = deleted
        self.rank = version * _RANKS + (_DELETED if deleted else _LEFT)
        self.size = GONE_BYTES


class MemberNews:
    """Who is in the team has changed: `owner`. Each of these is told, none takes an earlier one's place."""

    __slots__ = ("id", "owner", "rank", "size", "text", "type")

    def __init__(self, message: MemberChanged) -> None:
        self.id = f"{message.type} {message.user_id} {message.at.isoformat()}"
        self.type = message.type
        self.owner = str(message.user_id)
        self.text = message.model_dump_json(include={"user_id", "username", "role"}).encode()
        self.rank = 0
        self.size = MEMBER_BYTES


class CommandNews:
    """How a command to a session's machine stands now. What is further on holds."""

    __slots__ = ("id", "rank", "session_id", "size", "text")

    def __init__(self, message: CommandChanged) -> None:
        self.id = f"command {message.command.id}"
        self.session_id = str(message.command.session_id)
        self.text = message.command.model_dump_json().encode()
        self.rank = _COURSE.index(message.command.status)
        self.size = len(self.text)


class OtherNews:
    """What another service has to tell, in its own words: of each `id` the newest holds.

    `session_rank` is how far the session had come that it is about, if it is about one.
    """

    __slots__ = ("id", "owner", "personal", "rank", "session_id", "session_rank", "size", "text", "type")

    def __init__(self, message: Tidings) -> None:
        self.id = f"tidings {message.id}"
        self.type = message.frame
        self.text = orjson.dumps(message.data)
        self.rank = message.rank
        self.size = len(self.text)
        self.owner = str(message.owner_id) if message.owner_id else None
        self.personal = message.personal
        self.session_id = str(message.session_id) if message.session_id else None
        self.session_rank = message.version * _RANKS + _CHANGED


SessionChange = Changed | Gone
News = MemberNews | CommandNews | OtherNews
Change = SessionChange | News


def card_of(session: Session) -> Card:
    """Encode a session: as the API gives it, with the three headline figures under the wire's names."""
    return _card(orjson.loads(session.model_dump_json()))


def read_change(payload: bytes) -> Change | None:
    """Read a message of the fan-out; `None` for kinds that no frame is made of.

    A session is taken over as our own service wrote it, for there are many, and each is of use to many.
    """
    try:
        found = orjson.loads(payload)
        if found["type"] == "session":
            return Changed(_card(found["session"]), created=found["created"], ended=found["ended"])
        message = _MESSAGE.validate_json(payload)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    if isinstance(message, MemberChanged):
        return MemberNews(message)
    if isinstance(message, CommandChanged):
        return CommandNews(message)
    if isinstance(message, Tidings):
        return OtherNews(message)
    return Gone(message.session_id, message.user_id, message.version, deleted=message.why == "deleted")


def _card(session: dict[str, Any]) -> Card:
    head = orjson.dumps(
        {
            "session_id": session["id"],
            "health_score": session["health"]["score"] if session["health"] else None,
            "token_count": session["tokens"]["total"],
        }
    )
    updated_at = datetime.fromisoformat(session["updated_at"])
    last = session["last_activity_at"]
    return Card(
        id=session["id"],
        version=session["version"],
        face=Face(
            user=session["user_id"],
            username=session["username"],
            status=session["status"],
            tool=session["tool"],
            private=session["visibility"] == "private",
            tags=frozenset(session["tags"]),
        ),
        newest=datetime.fromisoformat(last) if last else updated_at,
        updated_at=updated_at,
        text=head[:-1] + b"," + orjson.dumps(session)[1:],
    )
