"""What callers may send of notifications, alerts and webhooks, and the shapes of the answers."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator

from llm_session_manager.protocol import no_control
from services.contracts.notices import Alert, NoticeKind, Notification
from services.contracts.sessions import Instant, Shape
from services.insight.api.bodies import Body, Id
from services.insight.domain.preferences import Channels, Preferences, QuietHours, WebhookKind

DeliveryStatus = Literal["waiting", "delivered", "failed"]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(no_control)
]
Url = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Kinds = Annotated[list[NoticeKind], Field(max_length=20), AfterValidator(lambda kinds: sorted(set(kinds)))]


def _iso(value: object) -> object:
    # Where types are not strict a number would count as seconds since 1970.
    if not isinstance(value, str):
        raise ValueError("is no ISO 8601 time")  # noqa: TRY004 - what pydantic answers 422 for
    return value


class NotificationPage(Shape):
    """The newest first; `unread` counts all of the caller's, whatever the page shows."""

    items: list[Notification]
    next_cursor: str | None
    unread: int


class ReadNotifications(Body):
    """Either some or all."""

    ids: Annotated[list[Id], Field(max_length=500)] | None = None
    all: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.ids is None) == (self.all is None):
            raise ValueError("name the ids, or say all")
        return self


class Unread(Shape):
    unread: int


class NotificationPreferences(Shape):
    """Every kind with its channels; what was not chosen is as the team, or the product, has it."""

    events: dict[NoticeKind, Channels]
    quiet_hours: QuietHours | None
    version: int


class ChangePreferences(Preferences):
    """Kinds that are not named are as by default from now on."""


class AlertPage(Shape):
    """The newest first."""

    items: list[Alert]
    next_cursor: str | None


class Snooze(Body):
    """Until then nobody is told of it; if it goes on, they are told again."""

    until: Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_iso)]


class NewWebhook(Body):
    """`events` are the kinds of notification that go there."""

    kind: WebhookKind
    name: Name
    url: Url
    events: Kinds
    enabled: bool = True


class WebhookChange(Body):
    """Only the fields given are changed; a webhook stays of its kind."""

    kind: WebhookKind | None = None
    name: Name | None = None
    url: Url | None = None
    events: Kinds | None = None
    enabled: bool | None = None


class Webhook(Shape):
    """`url` is whole for admins; others see its host. `last_status` is that of the newest attempt."""

    id: UUID
    kind: WebhookKind
    name: str
    url: str
    events: list[NoticeKind]
    enabled: bool
    version: int
    created_at: Instant
    last_status: DeliveryStatus | None


class MadeWebhook(Webhook):
    """`secret` signs what goes to a generic receiver, and is shown this once."""

    secret: str | None


class WebhookPage(Shape):
    items: list[Webhook]
    next_cursor: str | None


class Delivery(Shape):
    """`kind` is the notification's, or `test`. `error` is a sentence, `next_at` the next attempt."""

    id: UUID
    kind: str
    status: DeliveryStatus
    attempts: int
    response_status: int | None
    error: str | None
    next_at: Instant | None
    created_at: Instant
    delivered_at: Instant | None


class DeliveryPage(Shape):
    """The newest first."""

    items: list[Delivery]
    next_cursor: str | None
