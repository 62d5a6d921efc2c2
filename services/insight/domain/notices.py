"""Something to tell, and to whom."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.contracts.notices import Doer, NoticeKind

TITLE_CHARACTERS = 300
TEXT_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True)
class Notice:
    """Told to each of `to_user_ids` as they prefer it, and to the team's webhooks.

    `link` is a path of the page. `title` and `text` are plain; they hold nothing that was said to a tool.
    `facts` name what it is about (session, repository, machine, reason) for those who read it elsewhere. What
    is of a private session, or `personal`, goes to its owner alone and to no webhook. Nobody is told what
    they did themselves (`actor`).
    """

    team_id: UUID
    to_user_ids: Collection[UUID]
    kind: NoticeKind
    title: str
    text: str
    link: str
    session_id: UUID | None = None
    insight_id: UUID | None = None
    alert_id: UUID | None = None
    actor: Doer | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    personal: bool = False

    @property
    def recipients(self) -> frozenset[UUID]:
        return frozenset(self.to_user_ids) - ({self.actor.user_id} if self.actor else frozenset())


@dataclass(frozen=True, slots=True)
class Sight:
    """Who may see the session that a notice is about."""

    owner_id: UUID
    private: bool


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person: the channels they want this by, and until when their quiet hours last, if they do."""

    user_id: UUID
    channels: frozenset[str]
    quiet_until: datetime | None = None

    def wants(self, channel: str) -> bool:
        return channel in self.channels


def shortened(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis for what is left out."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
