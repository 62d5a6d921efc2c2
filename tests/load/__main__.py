"""`make bench`: every measurement, each into its table in docs/performance.md. Takes some minutes."""

import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
MEASUREMENTS = ("tests.load.agent", "tests.load.revocation")


def main() -> int:
    """Run one after the other; answers how many missed what they promise."""
    commands = [[sys.executable, "-m", module, "--write", str(PAGE)] for module in MEASUREMENTS]
    return sum(bool(subprocess.run(command, check=False).returncode) for command in commands)


if __name__ == "__main__":
    sys.exit(main())
