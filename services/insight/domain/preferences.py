"""How a person wants to be told of what, and when not."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from services.contracts.notices import NoticeKind

WebhookKind = Literal["slack", "teams", "generic"]
# A receiver that is none of the two big ones is called by what it is.
CHANNEL_OF: Mapping[WebhookKind, str] = {"slack": "slack", "teams": "teams", "generic": "webhook"}
BY_LETTER: frozenset[NoticeKind] = frozenset({"mention", "budget_warning", "weekly_report"})
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)


def zone_of(name: str) -> tzinfo:
    """UTC is known where no zones are installed."""
    return UTC if name == "UTC" else ZoneInfo(name)


def _zone(name: str) -> str:
    try:
        zone_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no IANA time zone") from None
    return name


Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_zone)]


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class Channels(Part):
    """Ways to be told. `push` is the browser's own notice while a page of ours is open.

    `slack`, `teams` and `webhook` are the team's: what concerns the person goes there.
    """

    app: bool = True
    email: bool = False
    push: bool = False
    slack: bool = True
    teams: bool = True
    webhook: bool = True


class QuietHours(Part):
    """Every day from one time to another in the person's zone; an end before the start is the next day's.

    They hold back letters, browser notices and webhooks until they end, never what stands in the app.
    """

    from_: Clock = Field(alias="from")
    to: Clock
    timezone: Zone

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.from_ == self.to:
            raise ValueError("quiet hours end at another time than they begin")
        return self

    def end_after(self, at: datetime) -> datetime | None:
        """When they end, if it is quiet at that instant."""
        zone = zone_of(self.timezone)
        local = at.astimezone(zone)
        begin, end = time.fromisoformat(self.from_), time.fromisoformat(self.to)
        now = local.time()
        overnight = begin > end
        quiet = now >= begin or now < end if overnight else begin <= now < end
        if not quiet:
            return None
        day = local.date() + timedelta(days=1 if overnight and now >= begin else 0)
        ending = datetime.combine(day, end, zone).astimezone(UTC)
        # Where clocks are set back, the same hour comes twice.
        return max(at, ending)


class Preferences(Part):
    """Every kind of event has its channels; what is not named is as by default."""

    events: dict[NoticeKind, Channels]
    quiet_hours: QuietHours | None = None


def usual(kind: NoticeKind) -> Channels:
    """Tell how a kind is told to who has chosen nothing."""
    return Channels(email=kind in BY_LETTER)


def defaults(team: Mapping[str, Any]) -> dict[NoticeKind, Channels]:
    """The team's `notification_defaults` over the product's; what cannot be read counts for nothing."""
    chosen: dict[NoticeKind, Channels] = {}
    given = team.get("notification_defaults")
    for kind in KINDS:
        own = given.get(kind) if isinstance(given, Mapping) else None
        try:
            chosen[kind] = Channels.model_validate({**usual(kind).model_dump(), **(own or {})})
        except (ValidationError, TypeError):
            chosen[kind] = usual(kind)
    return chosen


def read_preferences(
    team: Mapping[str, Any], events: Mapping[str, Any] | None, quiet: Mapping[str, Any] | None
) -> Preferences:
    """Put a person's kept choices over the defaults; a kind of a later time is as by default."""
    whole = defaults(team)
    for kind, channels in (events or {}).items():
        if kind in whole:
            whole[kind] = Channels.model_validate(channels)
    hours = QuietHours.model_validate(quiet) if quiet else None
    return Preferences(events=whole, quiet_hours=hours)
