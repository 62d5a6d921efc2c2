"""What rules find."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.insight.domain.history import Past

TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that holds of a team's history.

    `subject` is what it is about: of a rule and a subject there is one finding, ever. `advice` is Markdown
    and names no number, for it stays while the `numbers` go on; `statistic` says what these are, and
    `explanation` what follows from them. `strength` orders findings of one day. No person is named.
    """

    rule: str
    subject: Sequence[str]
    type: Literal["pattern", "recommendation"]
    title: str
    advice: str
    tags: Sequence[str]
    statistic: str
    numbers: Mapping[str, float]
    explanation: str
    sessions: Sequence[UUID]
    strength: float

    @property
    def fingerprint(self) -> str:
        """The same for the same rule and subject."""
        return hashlib.sha256("\0".join((self.rule, *self.subject)).encode()).hexdigest()

    @property
    def headline(self) -> str:
        return self.title if len(self.title) <= TITLE_CHARACTERS else f"{self.title[: TITLE_CHARACTERS - 1]}…"

    def evidence(self) -> dict[str, object]:
        """What is kept of it beside its words."""
        return {
            "rule": self.rule,
            "statistic": self.statistic,
            "numbers": {name: round(float(value), 4) for name, value in self.numbers.items()},
            "sessions": [str(one) for one in self.sessions],
            "explanation": self.explanation,
        }


Rule = Callable[[Sequence[Past]], list[Finding]]


def percent(share: float) -> str:
    return f"{share * 100:.0f} %"
