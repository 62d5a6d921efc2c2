"""How often a delivery is tried, and what an answer means."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from services.insight.domain.preferences import WebhookKind

LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class Patience:
    """The pause doubles from `first` up to `most`; nothing is tried once `whole` is over."""

    first: timedelta
    most: timedelta
    whole: timedelta

    def after(self, attempts: int, now: datetime) -> datetime:
        """When to try again after so many attempts."""
        doubled: timedelta = self.first * 2 ** min(attempts - 1, 16)
        return now + min(self.most, doubled)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to. `status` is the receiver's; `final`: no second try helps."""

    delivered: bool
    status: int | None = None
    error: str | None = None
    final: bool = False


def outcome_of(kind: WebhookKind, status: int) -> Outcome:
    """Read a receiver's status: Slack and Teams know whether they want it, others may be mending theirs."""
    if 200 <= status < 300:
        return Outcome(delivered=True, status=status)
    if 300 <= status < 400:
        return Outcome(delivered=False, status=status, error="Redirects are not followed.", final=True)
    gone = status == HTTPStatus.GONE
    theirs = kind != "generic" and 400 <= status < 500 and status not in LATER
    error = f"The receiver answered {status}."
    return Outcome(delivered=False, status=status, error=error, final=gone or theirs)
