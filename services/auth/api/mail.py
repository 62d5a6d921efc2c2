"""The bodies of what is done by letter."""

from typing import Annotated

from pydantic import Field

from services.auth.api.fields import Answer, Asked, Password, Secret, Seen
from services.auth.domain.invites import MailState
from services.contracts.sessions import Instant


class AskReset(Asked):
    email: Annotated[str, Field(min_length=1, max_length=254), Seen]


class ConfirmReset(Asked):
    """`token` is what stands behind the `#` of the link that was sent."""

    token: Secret
    password: Password


class InviteMail(Answer):
    """How far the letter has got; `reason` is a sentence where an attempt to send it came to nothing."""

    state: MailState
    at: Instant
    reason: str | None


class Mail(Answer):
    """Whether letters are sent; `reset_minutes` is how long a link to a new password is good."""

    enabled: bool
    reset_minutes: int
