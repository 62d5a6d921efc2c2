"""A subscription's conditions on sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from gateway.changes import Face
from services.contracts.frames import Filters

Values = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Conditions:
    """All must hold; each by any of its values. A person is named by id or by user name."""

    status: Values = None
    users: Values = None
    tools: Values = None
    tags: Values = None

    @classmethod
    def of(cls, filters: Filters) -> Self:
        return cls(
            _values(filters.status), _values(filters.users), _values(filters.tools), _values(filters.tags)
        )

    def hold(self, face: Face) -> bool:
        return (
            (self.status is None or face.status in self.status)
            and (self.tools is None or face.tool in self.tools)
            and (self.users is None or face.user in self.users or face.username in self.users)
            and (self.tags is None or not self.tags.isdisjoint(face.tags))
        )


def _values(asked: Sequence[str] | None) -> Values:
    return None if asked is None else frozenset(asked)
