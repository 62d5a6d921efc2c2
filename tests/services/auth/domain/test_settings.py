"""A team's settings."""

import pytest
from pydantic import ValidationError

from services.auth.domain.settings import TeamSettings, merged

DEFAULTS = {
    "default_visibility": "private",
    "timezone": "UTC",
    "token_limits": {"per_session": None, "per_member_day": None, "per_team_month": None},
    "health_thresholds": {"warning": 70, "critical": 40},
    "token_warning_percent": 90,
    "retention_days": None,
    "allow_public": False,
    "health_weights": {},
    "commands_allowed": ["close", "export", "refresh"],
    "admin_commands": False,
    "wall_names": "full",
    "cost_limits": {"per_session": None, "per_member_day": None, "per_team_month": None},
    "prices": {},
    "weekly_report": False,
    "waiting_alert_minutes": 30,
    "alert_cooldown_minutes": 10,
    "notification_defaults": {},
    "retention": dict.fromkeys(
        ("details_days", "commands_days", "notifications_days", "alerts_days", "deliveries_days")
    ),
    "capture_tier": "content",
}


def test_defaults():
    assert TeamSettings().model_dump(mode="json") == DEFAULTS


def test_only_what_is_named_changes():
    kept = TeamSettings(timezone="Europe/Berlin", retention_days=30)
    now = merged(kept, TeamSettings.model_validate({"retention_days": None, "allow_public": True}))
    assert now.model_dump(mode="json") == DEFAULTS | {"timezone": "Europe/Berlin", "allow_public": True}


@pytest.mark.parametrize(
    "bad",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"timezone": "Europe/Berlin\x00"},
        {"default_visibility": "public"},
        {"wall_names": "nick"},
        {"token_limits": {"per_hour": 1}},
        {"token_limits": {"per_session": 0}},
        {"token_limits": {"per_session": "5"}},
        {"health_thresholds": {"warning": 30, "critical": 40}},
        {"health_thresholds": {"warning": float("nan")}},
        {"token_warning_percent": 101},
        {"retention_days": 0},
        {"retention": {"alerts_days": 0}},
        {"retention": {"audit_days": 30}},
        {"capture_tier": "everything"},
        {"allow_public": "yes"},
        {"health_weights": {"Bad Name": 1}},
        {"health_weights": {"errors": -1}},
        {"commands_allowed": ["rm"]},
        {"unknown": 1},
    ],
)
def test_what_makes_no_sense_is_refused(bad):
    with pytest.raises(ValidationError):
        TeamSettings.model_validate(bad)


@pytest.mark.parametrize(
    "change",
    [
        {"notification_defaults": {"mention": {"pigeon": True}}}, {"waiting_alert_minutes": 0},
        {"notification_defaults": {"nothing": {}}}, {"alert_cooldown_minutes": -1},
    ],
)  # fmt: skip
def test_what_people_are_told_is_named_as_it_is_told(change):
    with pytest.raises(ValidationError):
        TeamSettings.model_validate(change)
