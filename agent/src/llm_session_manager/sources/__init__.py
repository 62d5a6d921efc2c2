"""What every reader of a tool's session files promises."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from llm_session_manager import protocol

TailState = Literal["working", "tool", "finished", "question", "interrupted", "api_error", "unknown"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a file was read: `offset` is just past a newline; inode and head tell it from its successor."""

    inode: int
    head: str
    offset: int


@dataclass(frozen=True, slots=True)
class Tail:
    """What the end of a session's main transcript says, and since when; `detail` names the tool that runs."""

    state: TailState
    at: datetime | None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One session as its files state it now.

    `facts` are complete totals; their status is what the transcript alone allows. `events` are those made
    from bytes past the given cursors and not handed out before. `files` are all files it was read from,
    `start_directory` is where its tool was started.
    """

    facts: protocol.Session
    tail: Tail
    events: tuple[protocol.Event, ...]
    files: tuple[Path, ...]
    start_directory: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A file, or a part of one, that could not be read; the rest was."""

    path: Path
    reason: str


class Source(Protocol):
    """Reads the sessions of one tool. Blocking; never raises for what it finds in a file."""

    tool: protocol.Tool

    def folders(self) -> Sequence[Path]:
        """Folders that exist now and whose changes mean new work."""

    def refresh(self, changed: Collection[Path] | None = None) -> Sequence[Snapshot]:
        """Read what is new in `changed` (`None`: everywhere) and give every session whose facts changed.

        A session changes too when another's file takes over one of its messages. Order does not matter.
        """

    def cursors(self) -> Mapping[Path, Cursor]:
        """How far each file has been read; what a later run may be given to hand out no event twice."""

    def problems(self) -> Sequence[Problem]:
        """Everything wrong with the files as last read, each with its reason."""
