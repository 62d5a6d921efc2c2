"""How soon a list of sessions and a session are answered, with very many in the database.

`python -m tests.load.sessions` fills PostgreSQL with 1,000,000 sessions, 10,000 of them of one team, asks
everything that a list can be asked, 50 times a second, prints a line for each question, and exits with 1 if
the 99th percentile is over 100 ms, an answer is no 200, or a plan does not go by an index.
`--write docs/performance.md` puts the lines into that page's table.
"""

import argparse
import asyncio
import gc
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from uuid import UUID

import httpx

from services.runtime.auth import Caller
from services.runtime.db import open_database
from services.runtime.settings import Settings
from tests.e2e.people import Person
from tests.load.filling import fill
from tests.load.plans import Scan, scans
from tests.load.questions import Parameters, Question, questions
from tests.load.revocation import percentile, write
from tests.support.fixtures import RELAXED
from tests.support.servers.postgres import Postgres, create_database
from tests.support.shapes.embedded import Embedded

TOTAL, IN_TEAM, RATE, SECONDS = 1_000_000, 10_000, 50, 60
PROMISED_MS = 100.0
BEGIN, END = "<!-- sessions: begin -->", "<!-- sessions: end -->"
SESSION = "one session"
HEAD = "| asked | times | median | 99 % | worst | read by |\n|---|--:|--:|--:|--:|---|"


@dataclass(slots=True)
class Asked:
    """One question: how long each answer took from when it was due, and how the database goes about it."""

    name: str
    address: str
    parameters: Parameters
    scans: Sequence[Scan] = ()
    milliseconds: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def is_by_index(self) -> bool:
        """Whether nothing but the people's names, a small table, is read without one."""
        return all(scan.is_by_index or scan.table == "session_owners" for scan in self.scans)

    def row(self) -> str:
        times = " | ".join(f"{percentile(self.milliseconds, share):.0f} ms" for share in (0.5, 0.99, 1))
        names = {scan.index or f"all of {scan.table}" for scan in self.scans} - {"session_owners_pkey"}
        indexes = ", ".join(sorted(name for name in names if "session_owners" not in name))
        return f"| {self.name} | {len(self.milliseconds)} | {times} | {indexes} |"


def kept(asked: Sequence[Asked]) -> bool:
    """Whether all was as promised: of all lists together, and of single sessions."""
    kinds = [one for one in asked if one.name != SESSION], [one for one in asked if one.name == SESSION]
    times = [[each for one in kind for each in one.milliseconds] for kind in kinds]
    soon = all(percentile(each, 0.99) < PROMISED_MS for each in times)
    return soon and all(one.is_by_index and not one.failures for one in asked)


def overall(name: str, asked: Sequence[Asked]) -> str:
    times = [each for one in asked for each in one.milliseconds]
    return Asked(name, "", {}, milliseconds=times).row()


async def ask(base: str, token: str, asked: Sequence[Asked], *, rate: int, seconds: int) -> None:
    """Ask all of them in turn, each request at its time whether those before it are answered or not."""
    headers = {"Authorization": f"Bearer {token}"}
    # A tenth of a second of our own, in which nothing is read, would count as the product's.
    gc.collect()
    gc.freeze()
    try:
        await _ask(base, headers, asked, rate=rate, seconds=seconds)
    finally:
        gc.unfreeze()


async def _ask(
    base: str, headers: dict[str, str], asked: Sequence[Asked], *, rate: int, seconds: int
) -> None:
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200)
    async with httpx.AsyncClient(base_url=base, headers=headers, limits=limits, timeout=30) as client:
        begun, waiting = time.perf_counter(), []
        for n, one in enumerate(islice(cycle(asked), rate * seconds)):
            due = begun + n / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(asyncio.create_task(_once(client, one, due)))
        await asyncio.gather(*waiting)


async def _once(client: httpx.AsyncClient, one: Asked, due: float) -> None:
    answer = await client.get(one.address, params=one.parameters)
    one.milliseconds.append((time.perf_counter() - due) * 1000)
    one.failures += answer.status_code != httpx.codes.OK


class Measurement:
    """A product in one process on a PostgreSQL full of sessions, and somebody who asks."""

    def __init__(self, opened: ExitStack, total: int, in_team: int) -> None:
        postgres = Postgres()
        opened.callback(postgres.close)
        postgres.start()
        self.database_url = create_database(postgres.url)
        shape = opened.enter_context(Embedded(RELAXED | {"DATABASE_URL": self.database_url}))
        self.person = opened.enter_context(Person(shape, "asking", "Large"))
        self.base = shape.url
        team, user = UUID(self.person.team_id), UUID(self.person.user["id"])
        self.caller = Caller(user, team, "admin", "sid")
        fill(
            postgres.url,
            self.database_url,
            total=total,
            in_team=in_team,
            team_id=team,
            user_id=user,
            tell=_tell,
        )

    def lists(self) -> Iterator[Asked]:
        """Every question, and a page far on in each direction."""
        colleague = str(UUID(hashlib.md5(b"person0-1", usedforsecurity=False).hexdigest()))
        asked = questions(str(self.caller.user_id), colleague)
        for one in (*asked, *map(self._far_on, (asked[0], asked[-1]))):
            yield Asked(one.name, "/api/sessions", dict(one.parameters))

    def sessions(self) -> Iterator[Asked]:
        items = self.person.client.get("/api/sessions", params={"limit": 200}).json()["items"]
        for one in items:
            yield Asked(SESSION, f"/api/sessions/{one['id']}", {})

    async def look(self, asked: Sequence[Asked]) -> None:
        """Find out how the database goes about each of them."""
        database = open_database(self.database_url, Settings())
        for one in asked:
            one.scans = await scans(database, self.caller, one.parameters)
        await database.close()

    def _far_on(self, question: Question, pages: int = 20) -> Question:
        cursor = None
        for _ in range(pages):
            parameters = question.parameters | {"limit": 200} | ({"cursor": cursor} if cursor else {})
            answer = self.person.client.get("/api/sessions", params=parameters).json()
            cursor = answer["next_cursor"] or cursor
        return Question(f"{question.name}, page {pages + 1}", question.parameters | {"cursor": cursor})


def measure(measurement: Measurement, rate: int, seconds: int) -> tuple[list[Asked], list[Asked]]:
    """Ask for lists, then for single sessions."""
    lists, sessions = list(measurement.lists()), list(measurement.sessions())
    asyncio.run(measurement.look(lists))
    token = measurement.person.access_token
    for some in (lists, sessions):
        # Whoever comes first waits for what is not in memory yet.
        asyncio.run(ask(measurement.base, token, some, rate=rate, seconds=max(1, len(some) // rate)))
        for one in some:
            one.milliseconds.clear()
        asyncio.run(ask(measurement.base, token, some, rate=rate, seconds=seconds))
    return lists, sessions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, default=TOTAL)
    parser.add_argument("--in-team", type=int, default=IN_TEAM)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    with ExitStack() as opened:
        lists, sessions = measure(Measurement(opened, given.total, given.in_team), given.rate, given.seconds)
    rows = [overall("**all lists**", lists), overall("**one session**", sessions)]
    table = "\n".join([BEGIN, HEAD, *rows, *(one.row() for one in lists), END])
    sys.stdout.write(table + "\n")
    if given.write:
        write(given.write, table, (BEGIN, END))
    return int(not kept([*lists, *sessions]))


def _tell(done: int) -> None:
    sys.stderr.write(f"\r{done:,} sessions")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
