"""API tokens, `lsm_<id>_<secret><checksum>`. The checksum tells a slip of the hand unasked."""

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass
from typing import Self

PREFIX = "lsm_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ID_CHARACTERS = 12
SECRET_BYTES = 32
SECRET_CHARACTERS = 43
CHECK_CHARACTERS = 6
_FORM = re.compile(r"lsm_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token in the clear: it is shown once and never kept."""

    id: str
    text: str

    @classmethod
    def make(cls) -> Self:
        identity = "".join(secrets.choice(ALPHABET) for _ in range(ID_CHARACTERS))
        secret = _base62(int.from_bytes(secrets.token_bytes(SECRET_BYTES)), SECRET_CHARACTERS)
        body = f"{PREFIX}{identity}_{secret}"
        return cls(identity, body + _check(body))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a token; `None` when it is none, or its checksum is wrong."""
        found = _FORM.fullmatch(text)
        if found is None or _check(text[:-CHECK_CHARACTERS]) != found[3]:
            return None
        return cls(found[1], text)

    @property
    def digest(self) -> str:
        """What is stored of it: SHA-256 in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECK_CHARACTERS)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
