"""Letters by e-mail: what one is, and what sends it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Letter:
    """To one address. `text` and `html` say the same."""

    to: str
    subject: str
    text: str
    html: str


class UndeliveredError(Exception):
    """`reason` is a sentence for whoever had it sent, without addresses; `final`: no second try helps."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.final = final


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Return when a mail server has taken the letter; a bounded time. Raises `UndeliveredError`."""
