"""How much memory and time one run of the whole agent takes, on each of the cases of `transcripts.py`.

`python -m tests.load.agent` prints a line for each and exits with 1 if one takes more than 140 MB;
`--write docs/performance.md` puts them into that page's table. `--scale 0.001` is what the test suite runs.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.agent.dashboard import TOKEN, Dashboard, serving
from tests.load.transcripts import CASES, MEGABYTE

LIMIT_MB = 140
BEGIN, END = "<!-- agent: begin -->", "<!-- agent: end -->"
AGENT = (sys.executable, "-m", "llm_session_manager.cli", "agent")
SAMPLE_SECONDS = 0.01


@dataclass(frozen=True)
class Run:
    """One process that ended: its exit code, its peak of resident memory, its processor time, its words."""

    code: int
    peak_mb: float
    cpu_s: float
    out: str
    said: str


@dataclass(frozen=True)
class Measured:
    """A case's files as the agent sent them to a dashboard, and as it printed them (`--dry-run`)."""

    mb: float
    sessions: int
    events: int
    sent: Run
    printed: Run


def run(arguments: list[str], state: Path) -> Run:
    """Run the agent with this folder as its home, and wait for its end."""
    env = {**os.environ, "HOME": str(state), "XDG_STATE_HOME": str(state), "LSM_TOKEN": TOKEN}
    out, said = state / "out", state / "said"
    with out.open("w") as stdout, said.open("w") as stderr:
        process = subprocess.Popen([*AGENT, *arguments], env=env, stdout=stdout, stderr=stderr)
        peak = 0.0
        while True:
            peak = max(peak, _peak_mb(process.pid))
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            time.sleep(SAMPLE_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(process.returncode, peak, used.ru_utime + used.ru_stime, out.read_text(), said.read_text())


def _peak_mb(pid: int) -> float:
    # The figure that wait4 gives counts the memory of the parent, too: the child begins as its copy.
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) / 1024 if found else 0.0


def sources(home: Path) -> list[str]:
    """What tells the agent to read this home alone."""
    tools = {"projects": "claude-code", "sessions": "codex"}
    named = [f"{tool}={home}" for folder, tool in tools.items() if (home / folder).is_dir()]
    return [word for name in named for word in ("--source", name)]


def measure(case: str, folder: Path, scale: float) -> Measured:
    """Make a case's files below `folder`, and let the agent send and print them."""
    home, state = folder / "home", folder / "state"
    home.mkdir()
    state.mkdir()
    CASES[case](home, scale)
    size = sum(file.stat().st_size for file in home.rglob("*.jsonl") if file.is_file())
    with serving(Dashboard()) as dashboard:
        sent = run([*sources(home), "--once", "--dashboard-url", dashboard.url], state)
        held = dashboard.held
    printed = run([*sources(home), "--dry-run"], state)
    return Measured(size / MEGABYTE, len(held.facts), len(held.events), sent, printed)


def row(case: str, one: Measured) -> str:
    """A row of the table."""
    figures = (
        f"{one.mb:.0f} MB",
        f"{one.sessions:,}",
        f"{one.sent.cpu_s:.1f} s",
        f"{one.mb / one.sent.cpu_s:.0f} MB/s",
        f"{one.sent.peak_mb:.0f} MB",
        f"{one.printed.peak_mb:.0f} MB",
    )
    return f"| {case} | {' | '.join(figures)} |"


def table(rows: list[str]) -> str:
    """The table between its marks."""
    head = "| transcripts | size | sessions | processor | speed | peak, `--once` | peak, `--dry-run` |"
    rule = "|---|--:|--:|--:|--:|--:|--:|"
    return "\n".join([BEGIN, head, rule, *rows, END])


def write(page: Path, made: str) -> None:
    """Put the table where the page has its marks."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{page} has no {BEGIN} and {END}")
    page.write_text(before + made + after)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    given = parser.parse_args()
    worst, rows = 0.0, []
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            one = measure(case, Path(folder), given.scale)
        if one.sent.code or one.printed.code:
            raise SystemExit(f"{case}: {one.sent.said}{one.printed.said}")
        worst = max(worst, one.sent.peak_mb, one.printed.peak_mb)
        rows.append(row(case, one))
        sys.stdout.write(rows[-1] + "\n")
        sys.stdout.flush()
    if given.write:
        write(given.write, table(rows))
    return int(worst > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
