"""How soon access that is taken away has ended, with a socket open: API, socket, and what is heard after it.

`python -m tests.load.revocation` prints a line for each shape and kind and exits with 1 if the API did not
refuse at once, the 99th percentile of a socket's end is over a second, or anything was heard after it;
`--write docs/performance.md` puts them into that page's table.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.access.cast import Cast
from tests.access.revocation import Ended, Revocations
from tests.support.fixtures import RELAXED, SHAPES

SECONDS = 1.0
BEGIN, END = MARKS = "<!-- revocation: begin -->", "<!-- revocation: end -->"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of them does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def kept(ended: Sequence[Ended]) -> bool:
    """Whether all was as promised."""
    soon = percentile([one.seconds for one in ended], 0.99) <= SECONDS
    return soon and all(one.known and not one.heard for one in ended)


def row(shape: str, kind: str, ended: Sequence[Ended]) -> str:
    seconds = [one.seconds for one in ended]
    times = " | ".join(f"{1000 * percentile(seconds, share):.0f} ms" for share in (0.5, 0.99, 1))
    late, heard = sum(not one.known for one in ended), sum(len(one.heard) for one in ended)
    return f"| {shape} | {kind} | {len(ended)} | {times} | {late} | {heard} |"


def table(rows: Sequence[str]) -> str:
    """The table between its marks."""
    head = "| shape | what | times | socket, median | 99 % | worst | API not at once | frames after |"
    return "\n".join([BEGIN, head, "|---|---|--:|--:|--:|--:|--:|--:|", *rows, END])


def write(page: Path, made: str, marks: tuple[str, str] = MARKS) -> None:
    """Put the table where the page has its marks."""
    before, begin, rest = page.read_text().partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not begin or not end:
        raise SystemExit(f"{page} has no {' and '.join(marks)}")
    page.write_text(before + made + after)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    rows, good = [], True
    for name, make in SHAPES.items():
        with make(RELAXED) as shape, Cast(shape) as cast:
            for kind, revoke in Revocations(cast).kinds.items():
                ended = [revoke() for _ in range(given.times)]
                good = good and kept(ended)
                rows.append(row(name, kind, ended))
                sys.stdout.write(rows[-1] + "\n")
                sys.stdout.flush()
    if given.write:
        write(given.write, table(rows))
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
