"""How much memory a file of a million sessions takes from the process that gives it out.

`python -m tests.load.export` fills PostgreSQL with one team of so many sessions, has each kind of file made,
looks at the memory of the analytics process meanwhile, and reads the files back by other programs: the sums
must be those of the database. Exits with 1 if it is not as promised; `--write docs/performance.md` puts a
line for each into that page's table.
"""

import argparse
import asyncio
import csv
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from uuid import UUID

import asyncpg
import httpx
import psutil

from tests.e2e.people import Person
from tests.load.history import WEEKS, History
from tests.load.line import Line
from tests.load.revocation import write

MARKS = "<!-- export: begin -->", "<!-- export: end -->"
# Of twenty sessions of a team, three are others' private ones and in nobody else's file.
ROWS, SEEN, OF = 1_000_000, 17, 20
MEGABYTE = 1_000_000
PROMISED_MB, LOOK_SECONDS = 100.0, 0.1
SUMS = """
SELECT count(*) AS rows, sum(total)::bigint AS tokens, sum(errors)::bigint AS errors
FROM analytics_sessions WHERE team_id = $1 AND (visibility <> 'private' OR user_id = $2)
"""
Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Written:
    """One file. Memory in MB, `grown` beyond what the process had `at_rest`; `read` are readers' sums."""

    form: str
    size: int
    seconds: float
    at_rest: float
    grown: float
    expected: Sums
    read: Mapping[str, Sums]

    def broken(self) -> list[str]:
        found = [
            f"{self.form}: {name} reads other sums"
            for name, sums in self.read.items()
            if sums != self.expected
        ]
        if self.grown >= PROMISED_MB:
            found.append(f"{self.form}: {self.grown:.0f} MB")
        return found

    def row(self) -> str:
        readers = ", ".join(self.read)
        file = f"{self.form} | {self.expected['rows']:,} | {self.size / MEGABYTE:,.0f} MB"
        memory = f"{self.at_rest:.0f} MB | {self.grown:.0f} MB"
        return f"| {file} | {self.seconds:.0f} s | {memory} | {readers} |"


class Memory:
    """Looks at a process's resident memory for as long as it is open."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self.at_rest = self.most = self._now()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    @property
    def grown(self) -> float:
        return self.most - self.at_rest

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            self.most = max(self.most, self._now())

    def _now(self) -> float:
        return float(self._process.memory_info().rss) / MEGABYTE


def by_csv(path: Path) -> Sums:
    """As a spreadsheet reads it: commas, quotes, one line a row."""
    with path.open(newline="") as lines:
        return _summed((row["tokens_total"], row["errors"]) for row in csv.DictReader(lines, dialect="excel"))


def by_duckdb(path: Path) -> Sums:
    return _by_duckdb(path, "tokens_total")


def by_duckdb_json(path: Path) -> Sums:
    return _by_duckdb(path, "tokens.total")


def _by_duckdb(path: Path, tokens: str) -> Sums:
    import duckdb

    (found,) = duckdb.sql(f"SELECT count(*), sum({tokens}), sum(errors) FROM '{path}'").fetchall()
    return dict(zip(("rows", "tokens", "errors"), map(int, found), strict=True))


def by_pandas(path: Path) -> Sums:
    import pandas as pd

    columns = ["tokens_total", "errors"]
    read = pd.read_parquet if path.suffix == ".parquet" else pd.read_csv
    options: dict[str, Any] = {"columns" if path.suffix == ".parquet" else "usecols": columns}
    frame = read(path, **options)
    return {"rows": len(frame), "tokens": int(frame.tokens_total.sum()), "errors": int(frame.errors.sum())}


READERS: Mapping[str, Mapping[str, Callable[[Path], Sums]]] = {
    "csv": {"a spreadsheet's reader": by_csv, "pandas": by_pandas, "DuckDB": by_duckdb},
    "json": {"DuckDB": by_duckdb_json},
    "parquet": {"pandas": by_pandas, "DuckDB": by_duckdb},
}


def _summed(rows: Iterator[tuple[str, str]]) -> Sums:
    sums = {"rows": 0, "tokens": 0, "errors": 0}
    for tokens, errors in rows:
        sums["rows"] += 1
        sums["tokens"] += int(tokens or 0)
        sums["errors"] += int(errors or 0)
    return sums


class Files:
    """A team of very many sessions, and somebody who saves them as files."""

    def __init__(self, line: Line, person: Person, rows: int, folder: Path) -> None:
        self._line, self._person, self._folder = line, person, folder
        self._team, self._user = UUID(person.team_id), UUID(person.user["id"])
        self._now = datetime.now(UTC)
        total = -(-rows // SEEN) * OF
        self._history = History(total, self._team, self._user, self._now, share=1)

    def fill(self) -> None:
        asyncio.run(self._history.fill(self._line.superuser_url))

    def write(self, form: str) -> Written:
        """Save a file of everything, and read it back."""
        path, expected = self._folder / f"sessions.{form}", asyncio.run(self._sums())
        since = (self._now - timedelta(weeks=WEEKS + 1)).date().isoformat()
        begun = time.perf_counter()
        with Memory(self._line.services["analytics"].pid) as memory:
            self._save(path, {"format": form, "from": since, "tz": "UTC"})
        seconds = time.perf_counter() - begun
        read = {name: reader(path) for name, reader in READERS[form].items()}
        size = path.stat().st_size
        path.unlink()
        return Written(form, size, seconds, memory.at_rest, memory.grown, expected, read)

    def _save(self, path: Path, parameters: Mapping[str, str]) -> None:
        headers = {"Authorization": f"Bearer {self._person.access_token}"}
        address = f"{self._line.services['analytics'].url}/api/analytics/export"
        with (
            httpx.stream("GET", address, params=parameters, headers=headers, timeout=600) as answer,
            path.open("wb") as file,
        ):
            answer.raise_for_status()
            for piece in answer.iter_bytes():
                file.write(piece)

    async def _sums(self) -> Sums:
        database = await asyncpg.connect(self._line.superuser_url)
        try:
            return dict(await database.fetchrow(SUMS, self._team, self._user))
        finally:
            await database.close()


def as_installed(folder: Path) -> dict[str, str]:
    """A setting by which processes find no pandas: production has none, and pyarrow loads it where it is."""
    (folder / "pandas.py").write_text("raise ImportError\n")
    return {"PYTHONPATH": str(folder)}


@contextmanager
def files(rows: int, line: Line | None = None) -> Iterator[Files]:
    with ExitStack() as opened:
        if line is None:
            modules = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            line = opened.enter_context(Line(("auth", "analytics"), as_installed(modules)))
        shape: Any = SimpleNamespace(url=line.services["auth"].url)
        person = opened.enter_context(Person(shape, "saving", "Million"))
        folder = opened.enter_context(tempfile.TemporaryDirectory())
        made = Files(line, person, rows, Path(folder))
        made.fill()
        yield made


def table(written: Sequence[Written]) -> str:
    """The table between its marks."""
    head = "| file | rows | size | time | process at rest | grown by | read alike by |"
    return "\n".join(
        [MARKS[0], head, "|---|--:|--:|--:|--:|--:|---|", *(one.row() for one in written), MARKS[1]]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    with files(given.rows) as made:
        written = [made.write(form) for form in READERS]
    sys.stdout.write(table(written) + "\n")
    if given.write:
        write(given.write, table(written), MARKS)
    broken = [one for each in written for one in each.broken()]
    sys.stdout.writelines(f"not as promised: {one}\n" for one in broken)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
