"""Rights as the database has them, kept for a few seconds and dropped at once when told so."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.runtime.auth import ANONYMOUS
from services.runtime.auth.store import Right, rights_of
from services.runtime.clock import Clock
from services.runtime.db import Database

CAPACITY = 20_000


@dataclass(frozen=True, slots=True)
class _Kept:
    rights: Sequence[Right]
    at: float


class Rights:
    """Answers what a log-in or API token may, at most `keep_seconds` old."""

    def __init__(self, database: Database, clock: Clock, keep_seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._keep = keep_seconds
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._drops = 0

    async def of(self, sid: str, *, version: int = 0) -> Sequence[Right]:
        """The rights of now. Kept ones older than `version` are read again. None when it has ended."""
        kept = self._kept.get(sid)
        if kept and self._clock.monotonic() - kept.at < self._keep and _version(kept.rights) >= version:
            return kept.rights
        return await self.read(sid)

    async def read(self, sid: str) -> Sequence[Right]:
        """The rights as the database has them at this moment."""
        drops, at = self._drops, self._clock.monotonic()
        async with self._database.read(ANONYMOUS) as connection:
            rights = await rights_of(ANONYMOUS, connection, sid)
        self._kept.pop(sid, None)
        # What was read before a drop may be what the drop was about. What has ended is never kept, so that
        # made-up ids take no room.
        if rights and drops == self._drops:
            self._kept[sid] = _Kept(rights, at)
            if len(self._kept) > CAPACITY:
                self._kept.popitem(last=False)
        return rights

    def drop(
        self, *, sid: str | None = None, user_id: UUID | None = None, team_id: UUID | None = None
    ) -> None:
        """Forget what is kept of a log-in or token, of a person, of a team, of a person in a team, or all."""
        self._drops += 1
        if sid is not None:
            self._kept.pop(sid, None)
        elif user_id is team_id is None:
            self._kept.clear()
        else:
            for key in [key for key, kept in self._kept.items() if _concerns(kept, user_id, team_id)]:
                del self._kept[key]


def _concerns(kept: _Kept, user_id: UUID | None, team_id: UUID | None) -> bool:
    return any(user_id in {None, right.user_id} and team_id in {None, right.team_id} for right in kept.rights)


def _version(rights: Sequence[Right]) -> int:
    return max((right.version for right in rights), default=0)
