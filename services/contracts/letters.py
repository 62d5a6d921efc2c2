"""What other services ask the auth service to write to persons: it alone knows their addresses."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.contracts.sessions import Instant, Shape

LETTER_ASKED = "letter.notices"


class LetterItem(Shape):
    """One thing to be told: plain text, and a path of the page."""

    title: str
    text: str
    link: str


class LetterAsked(Shape):
    """Tell a person of a team these things by one letter, if they still are in it and mail is on.

    `event_id` is one letter's, however often it is asked for.
    """

    v: Literal[1] = 1
    kind: Literal["letter.notices"] = "letter.notices"
    event_id: UUID
    team_id: UUID
    user_id: UUID
    items: Annotated[tuple[LetterItem, ...], Field(min_length=1, max_length=50)]
    at: Instant
