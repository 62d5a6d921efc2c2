"""What the product tells people: notifications, and the incidents that some of them are about."""

from typing import Literal
from uuid import UUID

from services.contracts.sessions import Instant, Shape

NoticeKind = Literal[
    "insight_shared", "insight_comment", "mention", "health_alert", "token_warning", "budget_warning",
    "waiting_long", "runaway", "agent_silent", "member_joined", "weekly_report",
]  # fmt: skip
AlertKind = Literal[
    "health_alert", "token_warning", "budget_warning", "waiting_long", "runaway", "agent_silent"
]
AlertState = Literal["open", "acknowledged", "snoozed", "resolved"]


class Doer(Shape):
    """Whose deed it was."""

    user_id: UUID
    username: str


class Notification(Shape):
    """Something one person was told. `link` is a path of the page, `text` plain text of one or two lines."""

    id: UUID
    kind: NoticeKind
    title: str
    text: str
    link: str
    session_id: UUID | None
    insight_id: UUID | None
    alert_id: UUID | None
    actor: Doer | None
    read_at: Instant | None
    created_at: Instant


class Alert(Shape):
    """One incident, from its first sign to its end.

    `value` and `threshold` are in the unit of the kind: a health score (which fell below the threshold), a
    percentage of the context window or of a budget, minutes of waiting or of silence, tokens. `user_id` is
    whose session or machine it is, nobody for the whole team's. `session_title` names the session as all do
    who may see it; it is never made from a prompt.
    """

    id: UUID
    kind: AlertKind
    state: AlertState
    session_id: UUID | None
    session_title: str | None
    user_id: UUID | None
    username: str | None
    reason: str
    value: float
    threshold: float
    opened_at: Instant
    updated_at: Instant
    snoozed_until: Instant | None
    resolved_at: Instant | None
    acknowledged_by: UUID | None
