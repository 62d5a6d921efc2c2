"""What a refresh token that comes in means."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Verdict = Literal["rotate", "again", "reuse", "ended"]


@dataclass(frozen=True, slots=True)
class Presented:
    """A known refresh token. `followed` says that a successor of it has been used."""

    used_at: datetime | None
    void: bool
    followed: bool
    expires_at: datetime
    ended: bool


def judge(token: Presented, now: datetime, grace: timedelta) -> Verdict:
    """Say what to do.

    `rotate`: it is new. `again`: it was used a moment ago, and nobody has used what it was exchanged for:
    the answer was lost, or two pages of one browser asked at once. `reuse`: two hold it, so the whole family
    ends. `ended`: the log-in is over.
    """
    if token.ended or token.expires_at <= now:
        return "ended"
    if token.void:
        return "reuse"
    if token.used_at is None:
        return "rotate"
    if not token.followed and now - token.used_at <= grace:
        return "again"
    return "reuse"
