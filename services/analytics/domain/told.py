"""What analytics reads of the messages that others publish: of a state, what its facts are made from."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from llm_session_manager.protocol import ToolUse, Usage
from services.contracts.sessions import Session, SessionDeleted, Shape


class SessionKept(Shape):
    """A `SessionState` without its lists that nothing is counted from."""

    session: Session
    usage: tuple[Usage, ...] = ()
    tools: tuple[ToolUse, ...] = ()
    error_categories: dict[str, int] = Field(default_factory=dict)


class SessionsKept(Shape):
    """The body of `session.state`."""

    v: Literal[1] = 1
    kind: Literal["session.state"] = "session.state"
    team_id: UUID
    states: tuple[SessionKept, ...]


SESSION_MESSAGE: TypeAdapter[SessionsKept | SessionDeleted] = TypeAdapter(
    Annotated[SessionsKept | SessionDeleted, Field(discriminator="kind")]
)
