"""From where on something is worth telling."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.contracts.health import Thresholds
from services.runtime.settings.numbers import Numbers

WAITING_MINUTES = 30
COOLDOWN_MINUTES = 10
CONTEXT_PERCENT = 90


@dataclass(frozen=True, slots=True)
class Limits:
    """A team's thresholds, and the product's where it has none.

    What crossed a threshold is over when it is `recovery` beyond it again. What begins anew within `cooldown`
    is the same incident. `waiting_minutes` is `None` where a team wants to hear nothing of waiting.
    """

    health: Thresholds
    context_percent: float
    waiting_minutes: float | None
    cooldown: timedelta
    recovery: float
    silent_minutes: float
    runaway_minutes: float
    runaway_tokens: int
    runaway_calls: int

    @classmethod
    def of(cls, team: Mapping[str, Any], numbers: Numbers) -> "Limits":
        cuts = team.get("health_thresholds") or {}
        return cls(
            health=Thresholds(float(cuts.get("warning", 70)), float(cuts.get("critical", 40))),
            context_percent=float(team.get("token_warning_percent", CONTEXT_PERCENT)),
            waiting_minutes=team.get("waiting_alert_minutes", WAITING_MINUTES),
            cooldown=timedelta(minutes=team.get("alert_cooldown_minutes", COOLDOWN_MINUTES)),
            recovery=numbers.alert_recovery,
            silent_minutes=numbers.agent_gone_seconds / 60,
            runaway_minutes=numbers.runaway_minutes,
            runaway_tokens=numbers.runaway_tokens,
            runaway_calls=numbers.runaway_calls,
        )
