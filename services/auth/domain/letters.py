"""What the letters of the auth service say, in the words of the page."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from services.auth.domain.invites import Invite
from services.contracts.letters import LetterItem
from services.runtime.auth import Role
from services.runtime.mail.layout import Words

# Mail programs make links of what looks like one. Anybody may name themself so, and have strangers invited.
JOINT = re.compile(r"(?<=[./:@])(?=\S)")
CHOICE = "Which of these reach you by e-mail, and when, you choose on the page, under Notifications."
ONE: Mapping[Role, str] = {"admin": "an admin", "member": "a member", "viewer": "a viewer"}


def invitation(invite: Invite, inviter: str | None, url: str) -> Words:
    """`inviter` is the user name of whoever invites, `None` when they are gone."""
    team = unlinked(invite.team_name)
    what = f"to join {team} on Team Dashboard as {ONE[invite.role]}"
    return Words(
        subject=f"Join {invite.team_name} on Team Dashboard",
        lead=[f"{unlinked(inviter)} invites you {what}." if inviter else f"You are invited {what}."],
        act=f"Join {team}",
        url=url,
        notes=[
            f"The link is for {invite.email} and works once, until {moment(invite.expires_at)}.",
            "If you did not expect it, you need not do anything.",
        ],
    )


def reset(username: str, url: str, expires_at: datetime) -> Words:
    """For whoever has forgotten their password, or for whose account somebody says so."""
    return Words(
        subject="Choose a new password for Team Dashboard",
        lead=[
            f"Somebody asked for a new password for your account, {username}. If it was you, choose one now."
        ],
        act="Choose a new password",
        url=url,
        notes=[
            f"The link works once, until {moment(expires_at)}. A new password signs you out everywhere.",
            "If it was not you, you need not do anything: your password stays as it is.",
        ],
    )


def password_changed(username: str, url: str, at: datetime) -> Words:
    """For whoever has just chosen a new password by a link, in case it was somebody else."""
    return Words(
        subject="Your password for Team Dashboard was changed",
        lead=[
            f"A new password was chosen for your account, {username}, by a link sent to you: {moment(at)}.",
            "You are signed out everywhere. API tokens stay.",
        ],
        act="Choose another password",
        url=url,
        notes=["If it was you, you need not do anything."],
    )


def notices(items: Sequence[LetterItem], base: str) -> Words:
    """One or several things that happened in a team; `base` is the page's address."""
    first = items[0]
    if len(items) == 1:
        lead = [unlinked(first.title), unlinked(first.text)]
        return Words(first.title, lead, "Open in Team Dashboard", f"{base}{first.link}", [CHOICE])
    lead = [f"While it was quiet, {len(items)} things happened."]
    lead += [unlinked(f"{item.title}: {item.text}") for item in items]
    subject = f"{len(items)} notifications from Team Dashboard"
    return Words(subject, lead, "Open in Team Dashboard", f"{base}/notifications", [CHOICE])


def unlinked(name: str) -> str:
    """A name as it reads, with no address in it that a mail program would find: unseen joiners part it."""
    return JOINT.sub("\u2060", name)


def moment(at: datetime) -> str:
    """As people write it: 3 March 2026, 12:00 UTC."""
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%B %Y, %H:%M} UTC"
