"""A team's settings: every field has a default, so that an old row is never incomplete."""

from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TokenLimit = Annotated[int, Field(ge=1, le=10**15)]
Percent = Annotated[int, Field(ge=1, le=100)]
Score = Annotated[float, Field(ge=0, le=100)]
Weight = Annotated[float, Field(ge=0, le=100)]
FactorName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,31}$")]
Command = Literal["close", "export", "refresh"]


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


class HealthThresholds(Part):
    """Scores below `warning` and below `critical` get these grades."""

    warning: Score = 70
    critical: Score = 40

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.critical > self.warning:
            raise ValueError("critical may not lie above warning")
        return self


class TeamSettings(Part):
    """`health_weights` replaces weights of the formula's factors by name; `retention_days` None keeps all."""

    default_visibility: Literal["private", "team"] = "private"
    timezone: Zone = "UTC"
    token_limits: TokenLimits = TokenLimits()
    health_thresholds: HealthThresholds = HealthThresholds()
    token_warning_percent: Percent = 90
    retention_days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    allow_public: bool = False
    health_weights: Annotated[dict[FactorName, Weight], Field(max_length=32)] = Field(default_factory=dict)
    commands_allowed: Annotated[list[Command], Field(max_length=3)] = Field(default_factory=_all_commands)
    admin_commands: bool = False


class KeptSettings(TeamSettings):
    """Settings as they are kept. `demo` marks a team of made-up people; no request may set it."""

    demo: bool = False


Kept = TypeVar("Kept", bound=TeamSettings)


def merged(kept: Kept, changes: TeamSettings) -> Kept:
    """The kept settings with those replaced that the change names."""
    named = {name: getattr(changes, name) for name in changes.model_fields_set}
    return kept.model_copy(update=named)
