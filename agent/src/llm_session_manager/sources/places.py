"""Where a session ran: the project and repository of a directory on this machine."""

import configparser
import re
import stat
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from llm_session_manager.sources import values

_CONFIG_BYTES = 256 * 1024
_DEEPEST = 40
_ADDRESS = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?[^/:\s]+(?::\d+(?=/)|:|/)/*(.+)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Place:
    """`repository` is owner/name of the remote, without host or credentials."""

    project: str | None = None
    repository: str | None = None


class Places:
    """Looks directories up, each once until `forget`. Blocking; what cannot be read is not known."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def forget(self) -> None:
        self._places.clear()

    def of(self, directory: str | None) -> Place:
        """The place of a directory, which need not exist (any more)."""
        if not directory:
            return Place()
        if directory not in self._places:
            self._places[directory] = _place(directory)
        return self._places[directory]


def repository_name(address: str | None) -> str | None:
    """owner/name of a remote's address."""
    found = _ADDRESS.match(address.strip()) if address else None
    if not found:
        return None
    return values.name(found.group(1).split("?")[0].split("#")[0].strip("/").removesuffix(".git"))


def _place(directory: str) -> Place:
    windows = "\\" in directory and "/" not in directory
    own_name = PureWindowsPath(directory).name if windows else Path(directory).name
    try:
        top = None if windows else _git(Path(directory))
    except (OSError, ValueError):
        top = None
    if top is None:
        return Place(values.name(own_name))
    return Place(values.name(top.name) or values.name(own_name), _origin(top / ".git" / "config"))


def _git(directory: Path) -> Path | None:
    """The top of the repository; for a linked work tree that of the repository it belongs to."""
    if not directory.is_absolute():
        return None
    for folder in (directory, *directory.parents)[:_DEEPEST]:
        marker = folder / ".git"
        if marker.is_dir():
            return folder
        if marker.is_file():
            where = _small_text(marker).removeprefix("gitdir:").strip()
            common = Path(where).parent.parent
            return (
                common.parent if where and common.name == ".git" and (common / "config").is_file() else folder
            )
    return None


def _origin(config: Path) -> str | None:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True, empty_lines_in_values=False)
    try:
        parser.read_string("\n".join(line.strip() for line in _small_text(config).splitlines()))
    except (OSError, ValueError, configparser.Error):
        return None
    remotes = [section for section in parser.sections() if section.startswith("remote ")]
    first = 'remote "origin"' if 'remote "origin"' in remotes else next(iter(remotes), None)
    return repository_name(parser.get(first, "url", fallback=None)) if first else None


def _small_text(file: Path) -> str:
    if not stat.S_ISREG(file.stat().st_mode):
        raise ValueError("no regular file")
    with file.open("rb") as opened:
        return opened.read(_CONFIG_BYTES).decode("utf-8", "replace")
