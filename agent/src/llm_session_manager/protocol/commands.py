"""What a dashboard may ask of a machine, and what the machine answers.

A command has no argument: neither a path, nor an address, nor a word of anybody's. It names a session, and
the machine finds out for itself which files and which process that is.
"""

from typing import Annotated, Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field

from llm_session_manager.protocol import CommandKind, Event, Session, Tier
from llm_session_manager.protocol.values import Count, Fact, Instant, Key, Line

EXPORT_BYTES = 512 * 1024
EXPORT_EVENTS = 20_000
SIGNATURE = r"^[A-Za-z0-9_-]{86}$"
SESSIONS = UUID("6f1d5a8e-2b1c-5e0b-9a55-0d6f0b7c9e11")

AskedBy = Literal["owner", "admin"]
# Without a line break, so that each stands in the line that is signed for it.
Id = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]


class Command(BaseModel):
    """One order, for one machine, until `expires_at`; fields of newer servers are ignored.

    `signature` is Ed25519 over `signed_text`, in unpadded base64url. `asked_by` is what the person was to the
    session when they asked: its owner, or an admin of its team.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    v: Literal[1] = 1
    id: Id
    agent_id: Id
    kind: CommandKind
    session_id: Id
    expires_at: Instant
    asked_by: AskedBy = "owner"
    signature: Annotated[str, Field(pattern=SIGNATURE)]


class CommandList(BaseModel):
    """The answer of `GET /api/agents/me/commands`: what is to be done now, the oldest first."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    items: list[Command]


class SessionExport(Fact):
    """A session as its machine knows it, at the machine's tier: the same kinds of facts as in its reports.

    `events` are its timeline, oldest first; where they are too many, the newest are here and
    `events_left_out` counts the others.
    """

    v: Literal[1] = 1
    exported_at: Instant
    tier: Tier
    session: Session
    events: Annotated[tuple[Event, ...], Field(max_length=EXPORT_EVENTS, strict=False)] = ()
    events_left_out: Count = 0


class CommandResult(Fact):
    """What became of a command: `code` for programs, `detail` for people."""

    code: Key = "ok"
    detail: Line | None = None
    export: SessionExport | None = None


class CommandAnswer(Fact):
    """The body of `POST /api/agents/me/commands/{id}`.

    `started` asks whether the command still holds; only after a 200 may it be acted on. `claim` is the same
    in every try of one agent process, so that nobody else may start the command as well.
    """

    status: Literal["started", "done", "failed"]
    agent_id: Key | None = None
    claim: Key | None = None
    result: CommandResult | None = None


def signed_text(command: Command) -> bytes:
    """All that a command says, in the one spelling that is signed."""
    parts = (
        "llm-session-manager command 1",
        command.agent_id,
        command.id,
        command.kind,
        command.session_id,
        command.expires_at.isoformat(),
        command.asked_by,
    )
    return "\n".join(parts).encode()


def session_id(team_id: object, user_id: object, tool: str, native_id: str) -> UUID:
    """The id under which the server knows a session."""
    return uuid5(SESSIONS, f"{team_id}:{user_id}:{tool}:{native_id}")
