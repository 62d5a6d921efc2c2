"""House rule: no file of ours is longer than 300 lines, unless its first lines say `long:` and why."""

import subprocess
import sys
from pathlib import Path

LIMIT = 300
KINDS = {".py", ".ts", ".tsx", ".js", ".css", ".sh", ".sql", ".yml", ".conf", ".template"}
GENERATED = (".gen.ts",)


def tracked() -> list[Path]:
    listing = subprocess.run(("git", "ls-files", "-z"), check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in listing.split("\0") if name]


def complaint(path: Path) -> str | None:
    if path.suffix not in KINDS or path.name.endswith(GENERATED) or not path.is_file():
        return None
    lines = path.read_text().splitlines()
    if len(lines) <= LIMIT or any("long:" in line for line in lines[:10]):
        return None
    return f"{path}: {len(lines)} lines; split it by noun, or say in its first lines `long:` and why"


def main() -> int:
    complaints = [text for path in tracked() if (text := complaint(path))]
    sys.stdout.writelines(f"{text}\n" for text in complaints)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
