"""What is asked, and how much of it counts for whoever asks."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from services.analytics.domain.calendar import Grid, quarter_of
from services.analytics.domain.measures import count
from services.analytics.domain.period import Period
from services.analytics.store import questions
from services.analytics.store.questions import Question, Sum
from services.analytics.store.sources import MEASURES, Dim, Narrowing
from services.analytics.store.spans import Dirty, dirty_hours
from services.runtime.auth import Caller
from services.runtime.db import Connection

# Others' private sessions count only in the totals of so many people, or more.
MANY = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A range and filters, at a moment. `hidden`: others' private sessions count in the totals.

    `dirty`: what of the range is not rolled up, once it was asked for.
    """

    period: Period
    now: datetime
    narrowing: Narrowing = field(default_factory=Narrowing)
    hidden: bool = False
    dirty: Dirty | None = None

    @property
    def reaches_now(self) -> bool:
        return self.period.last >= quarter_of(self.now)

    def before(self) -> "Asked":
        """The same of the period before."""
        return replace(self, period=self.period.before(), hidden=False, dirty=None)

    def narrowed(self, narrowing: Narrowing) -> "Asked":
        return replace(self, narrowing=narrowing, hidden=False)


async def settled(caller: Caller, connection: Connection, asked: Asked) -> Asked:
    """Decide whether others' private sessions count.

    They do where the question is not narrowed below the team, and enough people used something in the range.
    """
    grid = asked.period.grid("all")
    asked = replace(asked, dirty=await dirty_hours(caller, connection, grid))
    if asked.narrowing.dims:
        return replace(asked, hidden=False)
    people = await questions.contributors(caller, connection, grid, MANY, asked.dirty)
    return replace(asked, hidden=people >= MANY)


async def by_person(caller: Caller, connection: Connection, asked: Asked) -> tuple[Asked, list[Sum]]:
    """`settled`, and the sums of each person: these tell how many used something."""
    dirty = await dirty_hours(caller, connection, asked.period.grid("all"))
    asked = replace(asked, dirty=dirty, hidden=not asked.narrowing.dims)
    found = await sums(caller, connection, asked, "user")
    if len({each.person for each in found if count(each.measures, "uses")}) < MANY:
        asked = replace(asked, hidden=False)
    return asked, [each for each in found if asked.hidden or not each.hidden]


async def sums(
    caller: Caller,
    connection: Connection,
    asked: Asked,
    dim: Dim,
    grid: Grid | None = None,
    measures: tuple[str, ...] = MEASURES,
) -> list[Sum]:
    """All sums by a dimension, in a grid's cells or of the whole range; the hidden ones without a key."""
    question = Question(grid or asked.period.grid("all"), dim, asked.narrowing, asked.hidden, measures)
    return list(await questions.ask(caller, connection, question, asked.dirty))
