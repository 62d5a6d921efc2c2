"""What persons, teams and sign-ins are; free of I/O."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.runtime.auth import Role, Scope


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as seen in the team that their token names."""

    id: UUID
    email: str
    username: str
    team_id: UUID | None
    role: Role | None
    created_at: datetime
    last_login: datetime | None
    version: int
    rights_version: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a log-in is checked against."""

    user_id: UUID
    password_hash: str


@dataclass(frozen=True, slots=True)
class Team:
    id: UUID
    name: str
    settings: Mapping[str, object]
    role: Role
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    user_id: UUID
    username: str
    email: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRecord:
    """An API token without its secret."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Device:
    """A log-in as its person sees it; `label` is what the browser calls itself."""

    id: str
    label: str
    created_at: datetime
    last_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of a list begins: after this row."""

    at: datetime
    key: str


def email_key(email: str) -> str:
    """The form of an e-mail address that is unique."""
    return email.lower()


def chosen_team(roles: Mapping[UUID, Role], wishes: Iterable[UUID | None]) -> UUID | None:
    """The first wish that is one of the person's teams, else their first team, else none."""
    for wish in wishes:
        if wish in roles:
            return wish
    return next(iter(roles), None)
