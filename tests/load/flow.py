"""How many reports a second get through ingest and analytics, over RabbitMQ and PostgreSQL.

`python -m tests.load.flow` has 4,000 sessions of 1,000 people report every two seconds for two minutes, as
sessions do that are at work: 2,000 reports a second. Two processes of ingest and one of analytics take them.
It looks every second how many of the reports are not in analytics' facts yet, and how long after the last of
them all are; then it sends a backlog as fast as the broker takes it. Beside it, on the same broker and
database, what they take at most without our services. Exits with 1 if it is not as promised;
`--write docs/performance.md` puts the figures into that page.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aio_pika
import asyncpg

from tests.load import limits
from tests.load.limits import Limits
from tests.load.line import Line
from tests.load.reporters import Reporters, authors, introduce, open_reports
from tests.load.revocation import write
from tests.load.wire import Wire

MARKS = "<!-- flow: begin -->", "<!-- flow: end -->"
# One of them ingests while the other waits for its database: a core each.
TARGETS = ("ingest", "ingest", "analytics")
PROMISED_SECONDS, PATIENCE_SECONDS = 5.0, 300.0
LOOK_SECONDS, POLL_SECONDS = 1.0, 0.2
TAKEN_IN = "SELECT coalesce(sum(input), 0)::bigint FROM analytics_sessions"


@dataclass(frozen=True, slots=True)
class Sizes:
    teams: int = 100
    people: int = 10
    sessions: int = 4_000
    rate: int = 2_000
    seconds: int = 120
    backlog: int = 40_000

    @classmethod
    def scaled(cls, scale: float) -> "Sizes":
        """So much of it all, and of each at least what makes sense."""
        if scale == 1:
            return cls()
        return cls(
            teams=2, people=2, sessions=max(8, int(4_000 * scale)), rate=max(20, int(2_000 * scale)),
            seconds=2, backlog=max(40, int(40_000 * scale)),
        )  # fmt: skip


@dataclass(slots=True)
class Flow:
    """`behind` is how many reports were not in the facts, second by second, `lag` how long after the last.

    `processor` are the seconds of processor that each server took until all were in, `most` how many
    reports of a backlog got through a second.
    """

    sizes: Sizes
    sent: int = 0
    seconds: float = 0.0
    lag: float = 0.0
    lost: int = 0
    behind: Sequence[int] = ()
    processor: Mapping[str, float] = field(default_factory=dict)
    most: float = 0.0
    limits: Limits = field(default_factory=lambda: Limits(0, 0, 0))

    @property
    def rate(self) -> float:
        return self.sent / self.seconds

    def broken(self) -> list[str]:
        """What is not as promised."""
        found = [f"{self.lost} reports are not in the facts"] if self.lost else []
        if self.rate < 0.99 * self.sizes.rate:
            found.append(f"{self.rate:,.0f} reports a second were sent, not {self.sizes.rate:,}")
        if self.lag > PROMISED_SECONDS:
            found.append(f"{self.lag:.1f} s behind after the last report")
        return found

    def table(self) -> str:
        """The tables between their marks."""
        # They worked on until all were in.
        share, whole = self.processor, self.seconds + self.lag
        busy = " | ".join(
            f"{100 * sum(taken for one, taken in share.items() if one.startswith(name)) / whole:.0f} %"
            for name in SERVERS
        )
        worst = max(self.behind, default=0)
        rows = [
            MARKS[0],
            "| reports a second | for | behind, most | at the end | " + " | ".join(SERVERS) + " |",
            "|--:|--:|--:|--:|" + "--:|" * len(SERVERS),
            f"| {self.rate:,.0f} | {self.seconds:.0f} s | {worst:,} | {self.lag:.2f} s | {busy} |",
            "",
            "| | a second | our share of it |",
            "|---|--:|--:|",
            f"| a backlog of reports, through ingest and analytics | {self.most:,.0f} | |",
        ]
        for name, most in (
            ("aio-pika: publish, confirmed", self.limits.publish),
            ("aio-pika: consume, acknowledged", self.limits.consume),
            ("`unnest` upsert of rows, 500 a statement", self.limits.upsert),
        ):
            rows.append(f"| {name} | {most:,.0f} | {100 * self.most / most:.0f} % |")
        return "\n".join([*rows, MARKS[1]])


SERVERS = ("rabbitmq", "postgres", "ingest", "analytics")


async def measure(line: Line, sizes: Sizes) -> Flow:
    """Measure it all on a line that has just been started."""
    people = authors(sizes.teams, sizes.people)
    await introduce(line.superuser_url, people)
    reporters, flow = Reporters(people, sizes.sessions), Flow(sizes)
    database = await asyncpg.connect(line.superuser_url)
    try:
        async with await aio_pika.connect(line.rabbitmq.url) as connection:
            wire = await open_reports(connection)
            # Every session is there before it counts.
            await reporters.steady(wire, sizes.rate, sizes.sessions / sizes.rate)
            await _settled(database, reporters)
            # As in a database that has been at work: it knows how many rows there are.
            await database.execute("VACUUM ANALYZE")
            await _steady(line, database, reporters, wire, flow)
            begun = time.perf_counter()
            await reporters.some(wire, sizes.backlog)
            await _settled(database, reporters)
            flow.most = sizes.backlog / (time.perf_counter() - begun)
    finally:
        await database.close()
    flow.limits = await limits.measure(
        line.rabbitmq.url, line.superuser_url, reporters.body(0), sizes.backlog
    )
    return flow


async def _steady(
    line: Line,
    database: asyncpg.Connection,
    reporters: Reporters,
    wire: Wire,
    flow: Flow,
) -> None:
    before, used = reporters.sent, line.processor()
    looking = asyncio.create_task(_look(line.superuser_url, reporters))
    begun = time.perf_counter()
    await reporters.steady(wire, flow.sizes.rate, flow.sizes.seconds)
    flow.seconds, flow.sent = time.perf_counter() - begun, reporters.sent - before
    ended = time.perf_counter()
    flow.lost = await _settled(database, reporters)
    flow.lag = time.perf_counter() - ended
    flow.processor = {name: taken - used[name] for name, taken in line.processor().items()}
    looking.cancel()
    flow.behind = (await asyncio.gather(looking, return_exceptions=True))[0]


async def _look(url: str, reporters: Reporters) -> list[int]:
    """How many reports are on their way, second by second, until it is cancelled."""
    behind: list[int] = []
    database = await asyncpg.connect(url)
    try:
        while True:
            sent = reporters.expected()
            behind.append(max(0, sent - int(await database.fetchval(TAKEN_IN))))
            await asyncio.sleep(LOOK_SECONDS)
    except asyncio.CancelledError:
        return behind
    finally:
        await database.close()


async def _settled(database: asyncpg.Connection, reporters: Reporters) -> int:
    """Wait until every report is in the facts; answers how many are not after a long while."""
    until = time.perf_counter() + PATIENCE_SECONDS
    while (missing := reporters.expected() - int(await database.fetchval(TAKEN_IN))) > 0:
        if time.perf_counter() > until:
            return missing
        await asyncio.sleep(POLL_SECONDS)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seconds", type=int, help="how long, where it is not two minutes")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    sizes = Sizes.scaled(given.scale)
    if given.seconds:
        sizes = Sizes(sizes.teams, sizes.people, sizes.sessions, sizes.rate, given.seconds, sizes.backlog)
    with Line(TARGETS) as line:
        flow = asyncio.run(measure(line, sizes))
    sys.stdout.write(flow.table() + "\n")
    if given.write:
        write(given.write, flow.table(), MARKS)
    broken = flow.broken()
    sys.stdout.writelines(f"not as promised: {one}\n" for one in broken)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
