"""How soon a team is told what other health settings would make of 10,000 sessions, and whether it is so.

`python -m tests.load.preview` fills PostgreSQL with them, asks for a preview of other settings some times,
and judges each session anew by these settings. It prints a line, and exits with 1 if an answer took 2 seconds
or is not what the recompute comes to. `--write docs/performance.md` puts the line into that page's table.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from services.ingest.domain.vitals import assess_row
from services.ingest.store.preview import vital_rows
from services.runtime.auth import Caller
from services.runtime.db import open_database
from services.runtime.settings import Settings
from tests.e2e.people import Person
from tests.load.filling import fill
from tests.load.revocation import percentile, write
from tests.support.fixtures import RELAXED
from tests.support.servers.postgres import Postgres, create_database
from tests.support.shapes.embedded import Embedded

JUDGED, TIMES = 10_000, 50
# Every fifth is private, and of these every twentieth the person's own.
FILLED = 13_000
PROMISED_SECONDS = 2.0
MARKS = "<!-- preview: begin -->", "<!-- preview: end -->"
HEAD = "| sessions | times | median | 99 % | worst | change grade | as the recompute |"
LINE = "|--:|--:|--:|--:|--:|--:|---|"
ASKED: Mapping[str, Any] = {
    "health_thresholds": {"warning": 85, "critical": 55},
    "health_weights": {"context": 90, "loops": 0},
}


@dataclass(frozen=True, slots=True)
class Previewed:
    """What was answered and how long each answer took; `expected` is what the recompute comes to."""

    answer: Mapping[str, Any]
    expected: Mapping[str, Any]
    seconds: Sequence[float]

    @property
    def is_true(self) -> bool:
        return all(self.answer[name] == value for name, value in self.expected.items())

    @property
    def is_kept(self) -> bool:
        """Whether all was as promised."""
        return self.is_true and max(self.seconds) < PROMISED_SECONDS

    def row(self) -> str:
        times = " | ".join(f"{1000 * percentile(self.seconds, share):.0f} ms" for share in (0.5, 0.99, 1))
        told = self.answer
        return (
            f"| {told['sessions']:,} | {len(self.seconds)} | {times} | {told['changed']:,} "
            f"| {'yes' if self.is_true else 'no'} |"
        )


def table(row: str) -> str:
    """The table between its marks."""
    return "\n".join([MARKS[0], HEAD, LINE, row, MARKS[1]])


async def recompute(database_url: str, caller: Caller, most: int) -> Mapping[str, Any]:
    """Judge each of them twice by what judges reports, as the team has it and as it is asked for."""
    database, now = open_database(database_url, Settings()), datetime.now(UTC)
    async with database.read(caller) as connection:
        rows = await vital_rows(caller, connection, now - timedelta(days=28), most)
    await database.close()
    was, would_be = (
        [health and health.grade for health in (assess_row(row, known, now).health for row in rows)]
        for known in ({}, ASKED)
    )
    grades = {
        name: {grade: Counter(found)[grade] for grade in ("good", "warning", "critical")}
        for name, found in (("before", was), ("after", would_be))
    }
    alerts = {name: round((each["warning"] + each["critical"]) / 4, 1) for name, each in grades.items()}
    return {
        "sessions": sum(map(bool, was)),
        "changed": sum(one != other for one, other in zip(was, would_be, strict=True)),
        "grades": grades,
        "alerts_per_week": alerts,
    }


async def end_all(superuser_url: str, database_url: str) -> None:
    """End every session: what lives is judged by the moment, and two are not asked at the same one."""
    name = urlsplit(database_url).path
    connection = await asyncpg.connect(urlunsplit(urlsplit(superuser_url)._replace(path=name)))
    await connection.execute("UPDATE sessions SET status = 'ended'")
    await connection.close()


def measure(opened: ExitStack, filled: int, judged: int, times: int) -> Previewed:
    """Fill a database, ask so many times, and recompute."""
    postgres = Postgres()
    opened.callback(postgres.close)
    postgres.start()
    url = create_database(postgres.url)
    shape = opened.enter_context(Embedded(RELAXED | {"DATABASE_URL": url, "PREVIEW_SESSIONS": str(judged)}))
    person = opened.enter_context(Person(shape, "asking", "Large"))
    team, user = UUID(person.team_id), UUID(person.user["id"])
    fill(postgres.url, url, total=filled, in_team=filled, team_id=team, user_id=user)
    asyncio.run(end_all(postgres.url, url))
    seconds, told = [], {}
    for _ in range(times):
        begun = time.perf_counter()
        answer = person.client.post(f"/api/teams/{team}/settings/preview", json=ASKED)
        seconds.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.text
        told = answer.json()
    expected = asyncio.run(recompute(url, Caller(user, team, "admin", "sid"), judged))
    return Previewed(told, expected, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filled", type=int, default=FILLED)
    parser.add_argument("--times", type=int, default=TIMES)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    with ExitStack() as opened:
        made = measure(opened, given.filled, JUDGED, given.times)
    sys.stdout.write(table(made.row()) + "\n")
    if given.write:
        write(given.write, table(made.row()), MARKS)
    return int(not made.is_kept)


if __name__ == "__main__":
    sys.exit(main())
