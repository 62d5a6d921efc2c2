"""A team's settings: every field has a default, so that an old row is never incomplete."""

from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.contracts.notices import NoticeKind

TokenLimit = Annotated[int, Field(ge=1, le=10**15)]
CostLimit = Annotated[float, Field(gt=0, le=10**6)]
Price = Annotated[float, Field(ge=0, le=10**5)]
ModelName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Percent = Annotated[int, Field(ge=1, le=100)]
Score = Annotated[float, Field(ge=0, le=100)]
Weight = Annotated[float, Field(ge=0, le=100)]
FactorName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$")]
Command = Literal["close", "export", "refresh"]
NoticeChannel = Literal["app", "email", "push", "slack", "teams", "webhook"]
WallNames = Literal["full", "initials", "none"]
Tier = Literal["counts", "metadata", "content"]
Days = Annotated[int, Field(ge=1, le=36_500)]


def _all_commands() -> list[Command]:
    return ["close", "export", "refresh"]


def _zone(name: str) -> str:
    try:
        if name != "UTC":
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no IANA time zone") from None
    return name


Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class TokenLimits(Part):
    """Tokens; `None` is no limit."""

    per_session: TokenLimit | None = None
    per_member_day: TokenLimit | None = None
    per_team_month: TokenLimit | None = None


class CostLimits(Part):
    """US dollars at API prices: list prices, or the team's own; `None` is no limit."""

    per_session: CostLimit | None = None
    per_member_day: CostLimit | None = None
    per_team_month: CostLimit | None = None


class ModelPrices(Part):
    """US dollars for a million tokens. Those of a cache cost what input costs where they are not named."""

    input: Price
    output: Price
    cache_read: Price | None = None
    cache_write: Price | None = None
    cache_write_1h: Price | None = None


class HealthThresholds(Part):
    """Scores below `warning` and below `critical` get these grades."""

    warning: Score = 70
    critical: Score = 40

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.critical > self.warning:
            raise ValueError("critical may not lie above warning")
        return self


class Retention(Part):
    """Days; `None` keeps details as long as their session, and all else as long as the server does.

    Details are the timeline, the health over time, changed files, commits and pull requests of sessions that
    have ended; alerts are those that are over, deliveries the log of webhooks.
    """

    details_days: Days | None = None
    commands_days: Days | None = None
    notifications_days: Days | None = None
    alerts_days: Days | None = None
    deliveries_days: Days | None = None


class TeamSettings(Part):
    """`health_weights` replaces weights of the formula's factors by name; `retention_days` None keeps all.

    `prices` go before the list prices of the models they name. `wall_names` is how persons are named on a
    screen that hangs in a room. `capture_tier` is the highest that is taken in: of what machines send above
    it, the figures alone are kept that lie below.
    """

    default_visibility: Literal["private", "team"] = "private"
    timezone: Zone = "UTC"
    token_limits: TokenLimits = TokenLimits()
    cost_limits: CostLimits = CostLimits()
    prices: Annotated[dict[ModelName, ModelPrices], Field(max_length=100)] = Field(default_factory=dict)
    weekly_report: bool = False
    health_thresholds: HealthThresholds = HealthThresholds()
    token_warning_percent: Percent = 90
    retention_days: Days | None = None
    retention: Retention = Retention()
    capture_tier: Tier = "content"
    allow_public: bool = False
    health_weights: Annotated[dict[FactorName, Weight], Field(max_length=32)] = Field(default_factory=dict)
    commands_allowed: Annotated[list[Command], Field(max_length=3)] = Field(default_factory=_all_commands)
    admin_commands: bool = False
    waiting_alert_minutes: Annotated[int, Field(ge=1, le=1_440)] | None = 30
    alert_cooldown_minutes: Annotated[int, Field(ge=0, le=1_440)] = 10
    notification_defaults: dict[NoticeKind, dict[NoticeChannel, bool]] = Field(default_factory=dict)
    wall_names: WallNames = "full"


class KeptSettings(TeamSettings):
    """Settings as they are kept. `demo` marks a team of made-up people; no request may set it."""

    demo: bool = False


Kept = TypeVar("Kept", bound=TeamSettings)


def merged(kept: Kept, changes: TeamSettings) -> Kept:
    """The kept settings with those replaced that the change names."""
    named = {name: getattr(changes, name) for name in changes.model_fields_set}
    return kept.model_copy(update=named)
