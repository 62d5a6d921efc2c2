"""Where Claude Code keeps its transcripts, and whose they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from llm_session_manager.sources import values
from llm_session_manager.sources.folders import files_below, inside

_META_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """What a path says of a transcript.

    `session` is the session it belongs to, `None` where only its lines tell; `agent` the sub-agent it is of.
    """

    home: Path
    session: str | None
    agent: str | None


def default_homes(environ: Mapping[str, str], home: Path) -> list[Path]:
    """The tool's folders: what `CLAUDE_CONFIG_DIR` names, else those of the two usual ones that exist."""
    named = [part.strip() for part in environ.get("CLAUDE_CONFIG_DIR", "").split(",")]
    if any(named):
        return [Path(part).expanduser() for part in named if part]
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [folder for folder in (home / ".claude", config / "claude") if folder.is_dir()]


def projects(home: Path) -> Path | None:
    """The folder of all transcripts, if there is one."""
    folder = home / "projects"
    return folder if folder.is_dir() and inside(folder, home) else None


def transcripts(home: Path) -> Iterator[Path]:
    """Every file below `home` that may be a transcript."""
    folder = projects(home)
    for file in files_below(folder, home) if folder else ():
        if kind_of(file, home):
            yield file


def kind_of(file: Path, home: Path) -> Kind | None:
    """What a file is by its path; `None` if it is no transcript."""
    if file.suffix != ".jsonl" or not file.is_relative_to(home / "projects"):
        return None
    parts = file.relative_to(home / "projects").parts
    agent = values.key(file.stem.removeprefix("agent-")) if file.stem.startswith("agent-") else None
    if len(parts) == 2:
        return Kind(home, None if agent else values.key(file.stem), agent)
    if len(parts) >= 4 and parts[2] == "subagents" and agent:
        return Kind(home, values.key(parts[1]), agent)
    return None


def agent_kind(file: Path) -> str | None:
    """The kind of a sub-agent, from the small file beside its transcript."""
    try:
        with file.with_suffix(".meta.json").open("rb") as meta:
            return values.name(values.mapping(orjson.loads(meta.read(_META_BYTES))).get("agentType"))
    except (OSError, ValueError):
        return None
