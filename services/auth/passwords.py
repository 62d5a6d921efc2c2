"""New passwords are looked at before they are hashed."""

from collections.abc import Iterable
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from services.auth.domain.passwords import plain, refusal
from services.auth.hashing import Hashing
from services.runtime.errors import unprocessable
from services.runtime.settings import Settings


class Passwords:
    """Refuses what is too short, a name, or among the 30,000 passwords that leak most."""

    def __init__(self, hashing: Hashing, settings: Settings) -> None:
        self._hashing = hashing
        self._least = settings.password_min_length

    async def accepted(self, password: str, names: Iterable[str], field: str = "password") -> str:
        """Give the hash of a new password. Raises `Problem` 422 for one that will not do."""
        if reason := refusal(password, names, self._least, _common()):
            raise unprocessable(field, reason)
        return await self._hashing.hash(password)


@cache
def _common() -> frozenset[str]:
    return frozenset(plain(word) for word in FREQUENCY_LISTS["passwords"])
