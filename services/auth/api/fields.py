"""Texts as they come in: bounded, and without what no name needs."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from services.auth.domain.passwords import MAX_CHARACTERS
from services.runtime.mail.address import mailbox

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]")


def _seen(text: str) -> str:
    if any(char in _TURNING or unicodedata.category(char) in _UNSEEN for char in text):
        raise ValueError("control characters are not allowed")
    return text


def _trimmed(text: str) -> str:
    if not (trimmed := text.strip()):
        raise ValueError("may not be blank")
    return trimmed


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise ValueError("is no e-mail address")
    return text


def _mailbox(text: str) -> str:
    mailbox(text)
    return text


def _iso(value: Any) -> Any:
    if isinstance(value, str) and not _ISO.match(value):
        raise ValueError("is no ISO 8601 time")
    if value is not None and not isinstance(value, (str, datetime)):
        raise ValueError("is no ISO 8601 time")
    return value


def _uuid_text(value: Any) -> Any:
    if not isinstance(value, (str, UUID)):
        raise ValueError("is no UUID")  # noqa: TRY004 - pydantic turns this one into a 422
    return value


Seen = AfterValidator(_seen)
Email = Annotated[str, Field(max_length=254), AfterValidator(_trimmed), Seen, AfterValidator(_email)]
# Letters go there, so it is one address beyond doubt.
Mailbox = Annotated[Email, AfterValidator(_mailbox)]
Username = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_trimmed), Seen]
Title = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_trimmed), Seen]
Password = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS), Seen]
Secret = Annotated[str, Field(min_length=1, max_length=128)]
# Bodies are parsed before the models see them, so these two are read from text although models are strict.
InstantIn = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_iso)]
UuidIn = Annotated[UUID, Field(strict=False), BeforeValidator(_uuid_text)]


class Asked(BaseModel):
    """A body from outside: exact types, no unknown fields."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)
