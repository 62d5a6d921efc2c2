"""What the server makes of an agent's silence.

While an agent is heard from (every 30 s), its sessions have the status it reported. Heard from means a
heartbeat, or a report about a session that others see: what is reported of a private session keeps that one
alive and no other, so that nobody can tell from a machine when its owner works in private.
Unheard for `agent_gone_seconds` (90), its live sessions are idle; for `agent_gone_end_seconds` (30 minutes),
they have ended at their last activity. When it is heard from again they are what it says again. Sessions of a
script, which has no heartbeat, go by their last report: idle after 15 minutes, ended after 2 hours.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from llm_session_manager.protocol import Status
from services.contracts.sessions import UNHEARD


class Silence(IntEnum):
    HEARD = 0
    UNHEARD = 1
    GIVEN_UP = 2


@dataclass(frozen=True, slots=True)
class Presence:
    status: Status
    reason: str | None
    ended_at: datetime | None


def presence(
    silence: Silence,
    status: Status,
    reason: str | None,
    last_activity_at: datetime | None,
    ended_at: datetime | None,
) -> Presence:
    """Combine what the agent reported last with its silence."""
    if status == "ended":
        return Presence("ended", reason, ended_at or last_activity_at)
    if silence is Silence.GIVEN_UP:
        return Presence("ended", UNHEARD, last_activity_at)
    if silence is Silence.UNHEARD:
        return Presence("idle", UNHEARD, None)
    return Presence(status, reason, None)


def silence_for(seconds: float, idle_after: float, end_after: float) -> Silence:
    if seconds >= end_after:
        return Silence.GIVEN_UP
    return Silence.UNHEARD if seconds >= idle_after else Silence.HEARD
