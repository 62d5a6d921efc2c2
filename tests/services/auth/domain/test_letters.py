"""What letters say, and what nobody can make them say."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest

from services.auth.domain import letters
from services.auth.domain.invites import Invite

AT = datetime(2026, 3, 8, 12, 5, tzinfo=UTC)
URL = "https://dashboard.example/invite#abc"


def invite(team_name="Alpha", role="member"):
    return Invite(uuid4(), uuid4(), team_name, role, None, AT, AT, 1, 0, "ben@example.com")


@pytest.mark.parametrize(
    ("role", "said"), [("admin", "an admin"), ("member", "a member"), ("viewer", "a viewer")]
)
def test_an_invitation_says_who_invites_whom_to_what(role, said):
    words = letters.invitation(invite(role=role), "anna", URL)
    assert words.lead == [f"anna invites you to join Alpha on Team Dashboard as {said}."]
    assert "The link is for ben@example.com and works once, until 8 March 2026, 12:05 UTC." in words.notes


def test_it_does_without_the_name_of_who_is_gone():
    words = letters.invitation(invite(), None, URL)
    assert words.lead == ["You are invited to join Alpha on Team Dashboard as a member."]


@pytest.mark.parametrize(
    "name", ["https://evil.example/x", "www.evil.example", "evil.example", "a@evil.example"]
)
def test_a_name_is_no_link(name):
    """It reads as it is; but no program finds an address in it."""
    words = letters.invitation(invite(team_name=name), name, URL)
    for said in (*words.lead, words.act):
        assert name not in said
        assert name in said.replace("\u2060", "")


def test_a_moment_is_told_in_utc():
    east = AT.astimezone(timezone(timedelta(hours=9)))
    assert letters.moment(east) == letters.moment(AT) == "8 March 2026, 12:05 UTC"
