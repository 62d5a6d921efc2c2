"""The machine's own folder: one agent at a time, and the random id the server knows it by."""

import contextlib
import hashlib
import os
import platform
import re
import sys
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO

from llm_session_manager import protocol
from llm_session_manager.commands.policy import Policy
from llm_session_manager.config import Config


class LockedError(Exception):
    """Another agent runs on this machine."""


@contextlib.contextmanager
def only_agent(folder: Path) -> Iterator[None]:
    """Hold the machine's lock; raises LockedError at once when another process holds it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "agent.lock"
    with path.open("a+") as file:
        if not _lock(file):
            raise LockedError(f"another agent is running on this machine (it holds {path})")
        yield


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def machine_id(folder: Path) -> str:
    """The random id of this machine, made on first use."""
    path = folder / "machine-id"
    with contextlib.suppress(OSError, UnicodeDecodeError):
        known = path.read_text("ascii").strip()
        if re.fullmatch(r"[0-9a-f]{32}", known):
            return known
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = uuid.uuid4().hex
    fresh = path.with_name(f"machine-id.{os.getpid()}")
    fresh.write_text(made, "ascii")
    fresh.replace(path)
    return made


def spool_path(config: Config) -> Path:
    """The spool of this dashboard and this token's owner."""
    name = hashlib.sha256(f"{config.dashboard_url}\n{config.token}".encode()).hexdigest()[:16]
    return config.state_dir / f"spool-{name}.db"


def hello(folder: Path, policy: Policy) -> protocol.Hello:
    """How this machine introduces itself, and what it lets itself be asked."""
    return protocol.Hello(
        machine_id=machine_id(folder),
        hostname=hostname(),
        os=_plain(f"{platform.system()} {platform.release()}"),
        version=agent_version(),
        commands=policy.kinds,
        admin_commands=policy.admins,
    )


def hostname() -> str:
    """The machine's short name."""
    return _plain(platform.node().split(".")[0])


def agent_version() -> str:
    """The installed version of this program."""
    try:
        return version("llm-session-manager")
    except PackageNotFoundError:
        return "unknown"


def _plain(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:200].strip() or "unknown"
