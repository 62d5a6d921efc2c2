"""How soon an agent that publishes at the broker is cut off when its access is taken away.

`python -m tests.load.cutting` prints a line for each kind and exits with 1 if a connection lasted longer than
two seconds or another was let in; `--write docs/performance.md` puts them into that page's table.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.access.cast import Cast
from tests.access.cutting import Cut, Cutting
from tests.load.revocation import percentile, write
from tests.support.fixtures import RELAXED
from tests.support.shapes.distributed import Distributed

SECONDS = 2.0
MARKS = "<!-- cutting: begin -->", "<!-- cutting: end -->"


def kept(cuts: Sequence[Cut]) -> bool:
    """Whether all was as promised."""
    return all(one.seconds <= SECONDS and one.refused for one in cuts)


def row(kind: str, cuts: Sequence[Cut]) -> str:
    seconds = [one.seconds for one in cuts]
    times = " | ".join(f"{1000 * percentile(seconds, share):.0f} ms" for share in (0.5, 0.99, 1))
    return f"| {kind} | {len(cuts)} | {times} | {sum(not one.refused for one in cuts)} |"


def table(rows: Sequence[str]) -> str:
    """The table between its marks."""
    head = "| what | times | connection, median | 99 % | worst | let in again |"
    return "\n".join([MARKS[0], head, "|---|--:|--:|--:|--:|--:|", *rows, MARKS[1]])


async def measured(cutting: Cutting, kind: str, times: int) -> list[Cut]:
    return [await cutting.cut(kind) for _ in range(times)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    # Its driver reports at length what is measured here: that the broker closed the connection.
    logging.getLogger("aiormq").setLevel(logging.CRITICAL)
    rows, good = [], True
    with Distributed(RELAXED) as shape, Cast(shape) as cast:
        cutting = Cutting(cast)
        for kind in cutting.kinds:
            cuts = asyncio.run(measured(cutting, kind, given.times))
            good = good and kept(cuts)
            rows.append(row(kind, cuts))
            sys.stdout.write(rows[-1] + "\n")
            sys.stdout.flush()
    if given.write:
        write(given.write, table(rows), MARKS)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
