"""The audit log's entries, each bound by its hash to the one before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

BEGINNING = "0" * 64
Action = Literal[
    "account.email_changed",
    "account.exported",
    "account.password_changed",
    "account.password_reset",
    "account.reset_asked",
    "agent.revoked",
    "analytics.exported",
    "audit.exported",
    "command.asked",
    "command.ended",
    "enrolment.code_made",
    "enrolment.redeemed",
    "invite.made",
    "invite.resent",
    "invite.revoked",
    "login.begun",
    "login.ended",
    "member.added",
    "member.joined",
    "member.left",
    "member.removed",
    "member.role_changed",
    "session.deleted",
    "session.exported",
    "session.visibility_changed",
    "team.changed",
    "team.made",
    "token.made",
    "token.revoked",
    "webhook.changed",
    "webhook.made",
    "webhook.removed",
    "webhook.tested",
]


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be written down. No names, no addresses: ids, which say nothing once their person is gone.

    `event_id` makes what is told twice one entry.
    """

    action: Action
    actor_id: UUID | None
    target: str | None = None
    details: Mapping[str, object] | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    team_id: UUID
    n: int
    at: datetime
    actor_id: UUID | None
    action: str
    target: str | None
    details: Mapping[str, object]
    event_id: str | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Entries up to `first_n` were dropped for their age; `last_n` is the newest."""

    team_id: UUID
    first_n: int
    first_hash: str
    last_n: int
    last_hash: str


def bound(note: Note, chain: Chain, at: datetime) -> Entry:
    """The entry that follows a chain's last."""
    details = dict(note.details or {})
    what = (chain.team_id, chain.last_n + 1, at, note.actor_id, note.action, note.target, details)
    digest = _digest(chain.last_hash, *what)
    return Entry(*what, event_id=note.event_id, previous=chain.last_hash, hash=digest)


class Verification:
    """Reads a chain's entries in their order and finds the first place where it is broken."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._n = chain.first_n
        self._hash = chain.first_hash
        self.fault: str | None = None

    def read(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if self.fault is None:
                self.fault = self._wrong(entry)
                self._n, self._hash = entry.n, entry.hash

    def finish(self) -> str | None:
        """What is wrong with the chain, `None` when it is whole."""
        if self.fault is None and (self._n, self._hash) != (self._chain.last_n, self._chain.last_hash):
            self.fault = f"entries after {self._n} are missing"
        return self.fault

    def _wrong(self, entry: Entry) -> str | None:
        if entry.n != self._n + 1:
            return f"entries between {self._n} and {entry.n} are missing"
        what = (entry.team_id, entry.n, entry.at, entry.actor_id, entry.action, entry.target, entry.details)
        if entry.previous != self._hash or entry.hash != _digest(self._hash, *what):
            return f"entry {entry.n} was changed"
        return None


def _digest(
    previous: str,
    team_id: UUID,
    n: int,
    at: datetime,
    actor_id: UUID | None,
    action: str,
    target: str | None,
    details: Mapping[str, object],
) -> str:
    actor = str(actor_id) if actor_id else None
    plain = [previous, str(team_id), n, at.astimezone(UTC).isoformat(), actor, action, target, details]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
