"""What each capture tier lets out: the one list that an agent keeps to, and that a server holds it to."""

from typing import TypeVar

from llm_session_manager.protocol import Event, Report, Session, Tier
from llm_session_manager.protocol.commands import SessionExport

TIERS: tuple[Tier, ...] = ("counts", "metadata", "content")
NAMES = ("title", "title_source", "project", "directory", "repository", "branch")
WORDS = frozenset({"prompt", "answer"})
Told = TypeVar("Told", Report, SessionExport)


def lower(one: Tier, other: Tier) -> Tier:
    """The one of the two that lets out less."""
    return min(one, other, key=TIERS.index)


def session_at(facts: Session, tier: Tier) -> Session:
    """The facts without what this tier keeps back; every figure stays.

    A title is a person's words unless it is said to be made of something else.
    """
    if tier == "content":
        return facts
    if tier == "metadata":
        own = facts.title is not None and facts.title_source not in {"tool", "place"}
        return facts.model_copy(update={"title": None, "title_source": None}) if own else facts
    nameless = {"subject": None, "branch": None}
    changes: dict[str, object] = dict.fromkeys(NAMES)
    changes |= {"files": (), "pull_requests": (), "memories": ()}
    changes["commits"] = tuple(commit.model_copy(update=nameless) for commit in facts.commits)
    if facts.files_changed is None:
        changes["files_changed"] = len(facts.files) or None
    return facts.model_copy(update=changes)


def event_at(event: Event, tier: Tier) -> Event:
    """The step without what this tier keeps back."""
    if tier == "content":
        return event
    changes: dict[str, object] = {}
    if event.detail is not None and (tier == "counts" or event.kind in WORDS):
        changes["detail"] = None
    if tier == "counts" and event.kind == "pull_request":
        changes["name"] = None
    return event.model_copy(update=changes) if changes else event


def told_at(told: Told, most: Tier) -> Told:
    """A report or an export as it is at this tier, where its own is above it."""
    tier = lower(told.tier, most)
    if tier == told.tier:
        return told
    session = session_at(told.session, tier)
    events = tuple(event_at(event, tier) for event in told.events)
    return told.model_copy(update={"tier": tier, "session": session, "events": events})
