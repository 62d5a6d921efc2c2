"""How soon analytics answers with a million sessions in the database, while reports arrive.

`python -m tests.load.analytics` fills PostgreSQL with 100,000 and then with 1,000,000 sessions (five times as
many rows of usage) in 100 teams; in each, somebody of the largest asks 20 times a second, while 500 reports a
second come over RabbitMQ. It prints a line for each question and each path, and exits with 1 if the 99th
percentile of a path is over 100 ms, an answer is no 200, or reports fall behind. `--write
docs/performance.md` puts the lines into that page's table.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg

from tests.e2e.people import Person
from tests.load.flow import TAKEN_IN
from tests.load.history import History
from tests.load.line import Line
from tests.load.reporters import Author, Reporters, introduce, report_steadily
from tests.load.revocation import percentile, write
from tests.load.sessions import Asked, ask

MARKS = "<!-- analytics: begin -->", "<!-- analytics: end -->"
TOTALS, RATE, SECONDS = (100_000, 1_000_000), 20, 60
REPORTS, PROMISED_MS, PROMISED_BEHIND = 500, 100.0, 5.0
LIVE, WARM_SECONDS = 2_500, 5
TARGETS = ("auth", "ingest", "analytics", "analytics")
# As in docker-compose.yml: one of them answers, the other takes in.
OWN = {"analytics": {"ANALYTICS_CONSUMES": "0"}}


@dataclass(frozen=True, slots=True)
class Load:
    """How much of what: `reports` a second of `live` sessions, `rate` questions a second."""

    total: int
    rate: int = RATE
    seconds: int = SECONDS
    reports: int = REPORTS
    live: int = LIVE


@dataclass(slots=True)
class Answered:
    """What was asked with so many sessions there, and how many reports were not yet taken in at the end."""

    load: Load
    asked: Sequence[Asked] = ()
    behind: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def paths(self) -> list[Asked]:
        """The questions of each path taken together."""
        by_path: dict[str, list[float]] = {}
        for one in self.asked:
            by_path.setdefault(one.address, []).extend(one.milliseconds)
        return [Asked(f"**all `{path}`**", path, {}, milliseconds=each) for path, each in by_path.items()]

    def broken(self) -> list[str]:
        """What is not as promised."""
        found = [f"{one.failures} failures: {one.name}" for one in self.asked if one.failures]
        slow = ((percentile(one.milliseconds, 0.99), one.name) for one in self.paths())
        found += [f"{each:.0f} ms: {name}" for each, name in slow if each >= PROMISED_MS]
        if self.behind > PROMISED_BEHIND * self.load.reports:
            found.append(f"{self.behind:,} reports behind")
        return found


def questions(now: datetime) -> list[Asked]:
    """What the pages ask, over ranges of several lengths."""

    def since(days: int) -> dict[str, str]:
        return {"from": (now - timedelta(days=days)).date().isoformat(), "tz": "Europe/Berlin"}

    asked: dict[str, tuple[str, dict[str, Any]]] = {}
    for days in (7, 30, 90):
        span = since(days)
        asked[f"team, {days} days"] = "team", span
        asked[f"trends, {days} days, by day"] = "trends", span
        asked[f"sessions, {days} days, most tokens first"] = "sessions", span
    span = since(90)
    for dim in ("user", "tool", "model", "project", "tag"):
        asked[f"trends, 90 days, by day and {dim}"] = "trends", {**span, "group_by": dim}
    asked["trends, 80 days, by hour"] = "trends", {**since(80), "bucket": "hour", "metric": "cost"}
    asked["trends, 90 days, one project"] = "trends", {**span, "project": "project-7"}
    both = {**span, "tool": "codex", "model": "gpt-5"}
    asked["team, 90 days, a tool and a model"] = "team", both
    asked["trends, 90 days, by day, a tool and a model"] = "trends", both
    asked["breakdown, 90 days, by person"] = "breakdown", {**span, "by": "user"}
    asked["sessions, 90 days, newest first"] = "sessions", {**span, "sort": "-last_activity_at"}
    return [Asked(name, f"/api/analytics/{path}", what) for name, (path, what) in asked.items()]


class Measurement:
    """Services on a full database, somebody of the largest team, and agents of all teams."""

    def __init__(self, opened: ExitStack, line: Line, load: Load) -> None:
        self.line = line
        shape: Any = SimpleNamespace(url=self.line.services["auth"].url)
        self.person = opened.enter_context(Person(shape, "asking", "Large"))
        self.now = datetime.now(UTC)
        team, user = UUID(self.person.team_id), UUID(self.person.user["id"])
        self.history = History(load.total, team, user, self.now)
        self.load = load

    def fill(self) -> None:
        asyncio.run(self.history.fill(self.line.superuser_url, _tell))
        asyncio.run(self.history.roll_up(self.line.superuser_url, self.line.database_url))
        settings = {"settings": {"default_visibility": "team"}}
        changed = self.person.client.put(f"/api/teams/{self.person.team_id}", json=settings)
        changed.raise_for_status()

    async def run(self) -> Answered:
        """Let agents report, and ask meanwhile."""
        load, people = self.load, self._authors()
        await introduce(self.line.superuser_url, people)
        reporters, found = Reporters(people, load.live), Answered(load, questions(self.now))
        base, token = self.line.services["analytics"].url, self.person.access_token
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:

            async def report(seconds: float) -> None:
                report = partial(report_steadily, self.line.rabbitmq.url, reporters, load.reports, seconds)
                reporters.sent = await asyncio.get_running_loop().run_in_executor(apart, report)

            async def both(seconds: int) -> None:
                await asyncio.gather(
                    report(seconds), ask(base, token, found.asked, rate=load.rate, seconds=seconds)
                )

            # Sessions are there, and every connection knows its questions, before it counts.
            await report(load.live / load.reports)
            await both(min(WARM_SECONDS, load.seconds))
            for one in found.asked:
                one.milliseconds.clear()
            await both(load.seconds)
            found.behind, found.rows = await self._state(reporters)
        return found

    def _authors(self) -> list[Author]:
        """A few people of every team."""
        return [
            Author(team, person)
            for place, team in enumerate(self.history.teams)
            for person in self.history.people(place)[:5]
        ]

    async def _state(self, reporters: Reporters) -> tuple[int, dict[str, int]]:
        database = await asyncpg.connect(self.line.superuser_url)
        try:
            # What was filled in is of other weeks.
            taken = await database.fetchval(
                f"{TAKEN_IN} WHERE last_quarter >= $1 AND team_id = ANY($2)",
                self.history.end,
                self.history.teams,
            )
            names = ("analytics_sessions", "analytics_usage", "analytics_rollup")
            rows = {name: await database.fetchval(f"SELECT count(*) FROM {name}") for name in names}
        finally:
            await database.close()
        return reporters.expected() - taken, rows


def table(found: Sequence[Answered]) -> str:
    """The tables between their marks: one line a question, its times by how many sessions there are."""
    totals = [f"{one.load.total:,} sessions" for one in found]
    head = " | ".join(f"{total}, median | 99 %" for total in totals)
    rows = [MARKS[0], f"| asked | {head} |", "|---|" + "--:|--:|" * len(found)]
    for each in zip(*((*one.asked, *one.paths()) for one in found), strict=True):
        times = " | ".join(
            f"{percentile(one.milliseconds, share):.0f} ms" for one in each for share in (0.5, 0.99)
        )
        rows.append(f"| {each[0].name} | {times} |")
    rows += ["", "| sessions | rows of usage | rows of sums | reports a second | not taken in at the end |"]
    rows.append("|--:|--:|--:|--:|--:|")
    for one in found:
        counts = " | ".join(f"{count:,}" for count in one.rows.values())
        rows.append(f"| {counts} | {one.load.reports:,} | {one.behind:,} |")
    return "\n".join([*rows, MARKS[1]])


def measure(load: Load) -> Answered:
    with ExitStack() as opened:
        measurement = Measurement(opened, opened.enter_context(Line(TARGETS, own=OWN)), load)
        measurement.fill()
        return asyncio.run(measurement.run())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--total", type=int, nargs="*", default=TOTALS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--reports", type=int, default=REPORTS)
    parser.add_argument("--live", type=int, default=LIVE)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    found = [
        measure(Load(total, seconds=given.seconds, reports=given.reports, live=given.live))
        for total in given.total
    ]
    sys.stdout.write(table(found) + "\n")
    if given.write:
        write(given.write, table(found), MARKS)
    broken = [one for each in found for one in each.broken()]
    sys.stdout.writelines(f"not as promised: {one}\n" for one in broken)
    return int(bool(broken))


def _tell(done: int) -> None:
    sys.stderr.write(f"\r{done:,} sessions")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
