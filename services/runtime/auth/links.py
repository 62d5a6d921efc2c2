"""Secrets that stand in a link: whoever has one may do one thing with it."""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Self

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class LinkSecret:
    """The secret in the clear is shown or sent once; its digest is kept."""

    text: str

    @classmethod
    def make(cls) -> Self:
        return cls(secrets.token_urlsafe(SECRET_BYTES))

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode(errors="replace")).hexdigest()
