"""What other services tell the auth service for the audit log."""

from typing import Literal
from uuid import UUID

from llm_session_manager.protocol import CommandKind
from services.contracts.sessions import Instant, Shape, Visibility

SESSION_NOTED = "audit.session"
COMMAND_NOTED = "audit.command"
DATA_EXPORTED = "audit.export"
FIGURES_EXPORTED = "audit.figures"
WEBHOOK_NOTED = "audit.webhook"
Deed = Literal["deleted", "exported", "visibility_changed"]
WebhookDeed = Literal["made", "changed", "removed", "tested"]
FileForm = Literal["csv", "json", "parquet"]


class SessionNoted(Shape):
    """Somebody changed who sees a session, exported or deleted it, or its time to be seen came to an end.

    `event_id` is one deed's, however often it is told. `owner_id` is whose session it is, `actor_id` who did
    it; nobody, where time did.
    """

    v: Literal[1] = 1
    kind: Literal["audit.session"] = "audit.session"
    event_id: UUID
    team_id: UUID
    actor_id: UUID | None
    owner_id: UUID
    session_id: UUID
    deed: Deed
    visibility: Visibility | None = None
    at: Instant


class CommandNoted(Shape):
    """Somebody asked something of the machine of a shared session, or that came to its end, with a `code`.

    `owner_id` is whose session and machine it is, `actor_id` who asked.
    """

    v: Literal[1] = 1
    kind: Literal["audit.command"] = "audit.command"
    event_id: UUID
    team_id: UUID
    actor_id: UUID
    owner_id: UUID
    session_id: UUID
    command: CommandKind
    deed: Literal["asked", "ended"]
    code: str | None = None
    at: Instant


class DataExported(Shape):
    """A person took a copy of what a service (`of`) holds of them. `event_id` is one deed's, as above."""

    v: Literal[1] = 1
    kind: Literal["audit.export"] = "audit.export"
    event_id: UUID
    user_id: UUID
    of: Literal["sessions", "insights"]
    at: Instant


class FiguresExported(Shape):
    """Somebody saved what analytics knows of a team's sessions as a file.

    `narrowed_by` names the filters that were set, not what they held. `event_id` is one deed's, as above.
    """

    v: Literal[1] = 1
    kind: Literal["audit.figures"] = "audit.figures"
    event_id: UUID
    team_id: UUID
    actor_id: UUID
    form: FileForm
    narrowed_by: list[str]
    at: Instant


class WebhookNoted(Shape):
    """Somebody did something with where a team's news go; `of` is its kind. The address is not told."""

    v: Literal[1] = 1
    kind: Literal["audit.webhook"] = "audit.webhook"
    event_id: UUID
    team_id: UUID
    actor_id: UUID
    webhook_id: UUID
    of: Literal["slack", "teams", "generic"]
    deed: WebhookDeed
    at: Instant
