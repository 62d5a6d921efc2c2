"""Where Codex keeps its rollouts, and which copy of one counts."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from llm_session_manager.sources.folders import files_below, inside

_FOLDERS = ("sessions", "archived_sessions")
_ENDINGS = (".jsonl", ".jsonl.zst")


def default_homes(environ: Mapping[str, str], home: Path) -> list[Path]:
    """The tool's folder: what `CODEX_HOME` names, else `~/.codex` if it exists."""
    named = environ.get("CODEX_HOME", "").strip()
    if named:
        return [Path(named).expanduser()]
    return [home / ".codex"] if (home / ".codex").is_dir() else []


def folders(home: Path) -> list[Path]:
    """The folders of rollouts that exist."""
    return [folder for name in _FOLDERS if (folder := home / name).is_dir() and inside(folder, home)]


def rollouts(home: Path) -> Iterator[Path]:
    """Every file below `home` that may be a rollout."""
    for folder in folders(home):
        yield from (file for file in files_below(folder, home) if is_rollout(file, home))


def is_rollout(file: Path, home: Path) -> bool:
    named = file.name.startswith("rollout-") and file.name.endswith(_ENDINGS)
    return named and any(file.is_relative_to(home / folder) for folder in _FOLDERS)


def precedence(file: Path) -> tuple[bool, bool, bool, str]:
    """Sorts copies of one rollout: one that exists, an active one and a plain one come first."""
    return (not file.exists(), _FOLDERS[1] in file.parts, file.suffix == ".zst", str(file))
