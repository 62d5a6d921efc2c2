"""Which fan-out channels a browser's channel stands for, and whether this person may hear it."""

from dataclasses import dataclass
from uuid import UUID

from gateway.changes import Face
from gateway.filters import Conditions
from services.contracts.channels import team_channel, user_channel
from services.runtime.auth import Caller


@dataclass(frozen=True, slots=True)
class Source:
    """One fan-out channel and whose sessions it carries: a team's shared ones, or an owner's private ones."""

    channel: str
    team_id: UUID
    owner_id: UUID | None


@dataclass(frozen=True, slots=True)
class Audience:
    """What a channel's listener hears: all of its sources, or of these one session, or one's private ones.

    The shared source comes first. Whoever wants only one's private ones hears the shared ones too: that is
    where a session goes on.
    """

    sources: tuple[Source, Source]
    session_id: str | None = None
    private_of: UUID | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """What is asked of an audience, under the channel's name as the client gave it.

    Equal ones can share everything but what only their readers may know.
    """

    channel: str
    conditions: Conditions
    session_id: str | None = None
    private_of: str | None = None

    @property
    def is_wide(self) -> bool:
        """Whether the whole team is meant."""
        return self.session_id is None and self.private_of is None

    def wants(self, face: Face) -> bool:
        """Whether a session that looks like this is asked for; `session_id` is the caller's to compare."""
        if self.private_of is not None and not (face.private and face.user == self.private_of):
            return False
        return self.conditions.hold(face)


def audience_of(caller: Caller, channel: str) -> Audience | None:
    """Read a channel's name; `None` for one that is unknown or not this person's."""
    kind, _, name = channel.partition(":")
    named = _id(name)
    if named is None or caller.team_id is None:
        return None
    shared = Source(team_channel(caller.team_id), caller.team_id, None)
    own = Source(user_channel(caller.team_id, caller.user_id), caller.team_id, caller.user_id)
    if kind == "team" and named == caller.team_id:
        return Audience((shared, own))
    if kind == "user" and named == caller.user_id:
        return Audience((shared, own), private_of=named)
    return Audience((shared, own), str(named)) if kind == "session" else None


def interest_of(audience: Audience, channel: str, conditions: Conditions) -> Interest:
    private_of = None if audience.private_of is None else str(audience.private_of)
    return Interest(channel, conditions, audience.session_id, private_of)


def _id(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None
