"""What each rule makes of a session as it is now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.contracts.notices import AlertKind
from services.contracts.sessions import Session
from services.insight.domain.alerts.limits import Limits

SILENT = "its machine is not heard from"
LIVE = frozenset({"active", "waiting", "error"})
AT_WORK = frozenset({"active", "error"})
LATEST_WAIT = timedelta(days=1)
MOST = 999_999


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether a rule's condition holds for its subject; `None`: what is known says neither."""

    kind: AlertKind
    subject: str
    holds: bool | None
    value: float
    threshold: float
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a session stood when it last made progress: its new tokens and tool calls, and since when."""

    mark: int
    since: datetime
    tokens: int
    calls: int


def read(
    session: Session, before: str | None, mark: Mark | None, limits: Limits, now: datetime
) -> Iterator[Reading]:
    """What all rules make of it; `before` is the status that was known, `mark` its last progress."""
    yield health(session, limits)
    yield context(session, limits)
    yield waiting(session, limits, now)
    if session.agent_id is not None:
        yield silence(session, before, limits)
    if mark is not None:
        yield runaway(session, mark, limits)


def health(session: Session, limits: Limits) -> Reading:
    """Below the team's threshold while it lives; over once it is well beyond it, or has ended."""
    known = session.health
    score = known.score if known else 0.0
    cuts = limits.health
    threshold = cuts.critical if score < cuts.critical else cuts.warning
    reason = f"Health {score:.0f}, below {threshold:.0f}: {known.top_reason}" if known else ""
    holds = None
    if session.status == "ended" or (known and score >= min(cuts.warning + limits.recovery, 100)):
        holds = False
    elif known and score < cuts.warning and session.status in LIVE:
        holds = True
    return Reading("health_alert", str(session.id), holds, score, threshold, reason)


def context(session: Session, limits: Limits) -> Reading:
    """So much of the context window is used; over once there is room again, or it has ended."""
    used, window = session.tokens.context_used, session.tokens.context_window
    percent = round(100 * used / window, 1) if used is not None and window else None
    holds = None
    if session.status == "ended" or (
        percent is not None and percent <= limits.context_percent - limits.recovery
    ):
        holds = False
    elif percent is not None and percent >= limits.context_percent and session.status in LIVE:
        holds = True
    value = percent or 0.0
    reason = f"{value:.0f} % of its context window used"
    return Reading("token_warning", str(session.id), holds, value, limits.context_percent, reason)


def waiting(session: Session, limits: Limits, now: datetime) -> Reading:
    """It waits for a person, and has for so long; what has waited for a day is nobody's hurry."""
    most, last = limits.waiting_minutes, session.last_activity_at
    minutes = (now - last).total_seconds() / 60 if last else 0.0
    long = most is not None and minutes >= most
    holds: bool | None = session.status == "waiting" and long
    if holds and timedelta(minutes=minutes) > LATEST_WAIT:
        holds = None
    reason = f"Waiting for a person for {minutes:.0f} minutes"
    return Reading("waiting_long", str(session.id), holds, round(minutes, 1), float(most or 0), reason)


def silence(session: Session, before: str | None, limits: Limits) -> Reading:
    """Its machine fell silent while it was at work; over once the machine is heard, or given up."""
    holds = None
    if session.status_reason == SILENT:
        if session.status == "ended":
            holds = False
        elif before in AT_WORK:
            holds = True
    elif session.status != "ended":
        holds = False
    where = session.hostname or "The machine"
    reason = f"{where} is not heard from while a session was at work"
    minutes = round(limits.silent_minutes, 1)
    return Reading("agent_silent", f"agent:{session.agent_id}", holds, minutes, minutes, reason)


def runaway(session: Session, mark: Mark, limits: Limits) -> Reading:
    """It works fast and gets nowhere: no file, no commit and no word of its person for that many tokens."""
    spent, calls = new_tokens(session) - mark.tokens, (session.tool_calls or 0) - mark.calls
    last = session.last_activity_at or mark.since
    minutes = (last - mark.since).total_seconds() / 60
    holds = None
    if session.status == "ended" or mark.mark != progress(session):
        holds = False
    elif session.status == "active":
        fast = spent >= limits.runaway_tokens and calls >= limits.runaway_calls
        holds = (fast and minutes >= limits.runaway_minutes) or None
    reason = f"{spent:,} tokens and {calls} tool calls in {minutes:.0f} minutes without progress"
    return Reading("runaway", str(session.id), holds, float(spent), float(limits.runaway_tokens), reason)


def progress(session: Session) -> int:
    """A number that changes when files, commits, or what its person said become more."""
    said = session.messages.user
    parts = (said, session.files_changed, session.commits)
    number = 0
    for part in parts:
        number = number * (MOST + 1) + min(part or 0, MOST)
    return number


def new_tokens(session: Session) -> int:
    """Tokens that were not read from a cache: those go round and round without any work."""
    tokens = session.tokens
    parts = [each for each in (tokens.input, tokens.output, tokens.cache_write) if each is not None]
    return sum(parts) if parts else tokens.total or 0


def mark_of(session: Session, now: datetime) -> Mark:
    """Where a session stands now."""
    since = session.last_activity_at or now
    return Mark(progress(session), since, new_tokens(session), session.tool_calls or 0)
