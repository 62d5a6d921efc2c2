"""`make bench`: every measurement, each into its table in docs/performance.md. Takes some minutes.

`python -m tests.load fanout` makes only those that are named.
"""

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
MEASUREMENTS = (
    "agent",
    "revocation",
    "cutting",
    "sessions",
    "preview",
    "fanout",
    "dashboard",
    "analytics",
    "flow",
    "export",
)


def main() -> int:
    """Run one after the other; answers how many missed what they promise."""
    named = sys.argv[1:] or MEASUREMENTS
    if unknown := set(named) - set(MEASUREMENTS):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(MEASUREMENTS)}")
    commands = [[sys.executable, "-m", f"tests.load.{name}", "--write", str(PAGE)] for name in named]
    return sum(bool(subprocess.run(command, check=False).returncode) for command in commands)


if __name__ == "__main__":
    sys.exit(main())
