"""Claude Code's registry of live sessions: `<home>/sessions/<pid>.json`."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast, get_args

import orjson

from llm_session_manager.processes.linking import Registered
from llm_session_manager.status import RegistryStatus

MAX_BYTES = 64 * 1024
_NAME = re.compile(r"(?:pid-)?(\d{1,10})\.json$")


def read_registry(homes: Iterable[Path]) -> list[Registered]:
    """The entries of all these homes; what cannot be read is left out."""
    entries = []
    for home in homes:
        try:
            files = [path for path in (home / "sessions").iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            continue
        entries += [entry for path in files if (entry := _read(path)) is not None]
    return entries


def _read(path: Path) -> Registered | None:
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > MAX_BYTES:
            return None
        value = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None
    found = _NAME.fullmatch(path.name)
    if not isinstance(value, dict) or found is None:
        return None
    return parse_entry(int(found[1]), value)


def parse_entry(pid: int, value: dict[str, Any]) -> Registered | None:
    """An entry of either generation; `None` when it names no session."""
    session = value.get("sessionId") or value.get("session_id")
    if not isinstance(session, str) or value.get("pid", pid) != pid:
        return None
    said, ticks, started = value.get("status"), value.get("procStart"), value.get("startedAt")
    return Registered(
        pid=pid,
        session_id=session,
        status=cast("RegistryStatus", said) if said in get_args(RegistryStatus) else None,
        start_ticks=str(ticks) if isinstance(ticks, int | str) and str(ticks).isdigit() else None,
        started=started / 1000 if isinstance(started, int | float) else None,
    )
