"""A file that its tool only appends to, read forwards and once."""

import os
import stat
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from zstandard import ZstdDecompressor, ZstdError

from llm_session_manager.sources import Cursor, Problem
from llm_session_manager.sources.records import parsed

PIECE_BYTES = 1024 * 1024
LINE_BYTES = 8 * 1024 * 1024
HEAD_BYTES = 1024
SETTLED_SECONDS = 600

Change = Literal["none", "grown", "replaced", "gone"]


class Transcript:
    """Where the reading of one JSONL file stands.

    `known` is how far an earlier run read it, 0 if it is another file now. `error` says why it cannot be
    opened; `skipped` counts lines that are no JSON object or longer than `LINE_BYTES`, `replaced` those
    with bytes that are not UTF-8.
    """

    def __init__(self, path: Path, cursor: Cursor | None = None) -> None:
        self.path = path
        self.known = 0
        self.inode = self.size = -1
        self.modified = 0.0
        self.error: str | None = None
        self._cursor = cursor
        self._start_over()

    def _start_over(self) -> None:
        self.offset = 0
        self.head = b""
        self.skipped = self.replaced = self.overlong = 0
        self.first_skipped: int | None = None
        self.cut_off = False
        self._dropping = False

    def look(self) -> Change:
        """What happened to the file since it was last read. Opens none whose size and inode stayed."""
        try:
            now = self.path.stat()
        except OSError:
            return "gone"
        if not stat.S_ISREG(now.st_mode):
            return "gone"
        self.modified = now.st_mtime
        if (now.st_ino, now.st_size) == (self.inode, self.size) and self.error is None:
            return "none"
        if self.inode == -1:
            return "grown"
        return "grown" if now.st_ino == self.inode and now.st_size >= self.size else "replaced"

    def entries(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Every new entry with the offset at which its line starts.

        A last line without its end counts as soon as it is a whole JSON object: no beginning of one is one.
        """
        for start, line in self._lines():
            entry, replaced = parsed(line)
            self.replaced += replaced
            if entry is None:
                self.skipped += 1
                self.first_skipped = start if self.first_skipped is None else self.first_skipped
            else:
                yield start, entry

    def begin_again(self) -> None:
        """Forget all: the file under this path is another one now."""
        self._cursor = None
        self.known = 0
        self._start_over()

    def head_holds(self) -> bool:
        """Whether the file still begins as it did when it was last read; true if it cannot be told."""
        try:
            with self.path.open("rb") as file:
                return file.read(len(self.head)) == self.head
        except OSError:
            return True

    def cursor(self) -> Cursor:
        return Cursor(self.inode, _digest(self.head[: self.offset]), self.offset)

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError as error:
            self.error = error.strerror or type(error).__name__
            return
        self.error = None
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - a descriptor has no path
            now = os.fstat(descriptor)
            if stat.S_ISREG(now.st_mode):
                self.inode, self.size = now.st_ino, now.st_size
                self._recognise(file.read(HEAD_BYTES))
                try:
                    yield from self._pieces(self._stream(file))
                except (OSError, ZstdError) as error:
                    self.error = getattr(error, "strerror", None) or str(error)

    def _stream(self, file: Any) -> Any:
        file.seek(self.offset)
        return file

    def _recognise(self, head: bytes) -> None:
        self.head = head
        if self._cursor and self._cursor.inode == self.inode and self._cursor.offset <= self.size:
            same = _digest(head[: self._cursor.offset]) == self._cursor.head
            self.known = self._cursor.offset if same else 0
        self._cursor = None

    def _pieces(self, file: Any) -> Iterator[tuple[int, bytes]]:
        rest = b""
        while piece := file.read(PIECE_BYTES):
            *lines, rest = (rest + piece).split(b"\n") if rest else piece.split(b"\n")
            for line in lines:
                start = self.offset
                self.offset += len(line) + 1
                if self._dropping:
                    self._dropping = False
                elif len(line) > LINE_BYTES:
                    self._drop(start)
                elif line and not line.isspace():
                    yield start, line
            if self._dropping or len(rest) > LINE_BYTES:
                if not self._dropping:
                    self._drop(self.offset)
                self._dropping = True
                self.offset += len(rest)
                rest = b""
        yield from self._last(rest)

    def _last(self, rest: bytes) -> Iterator[tuple[int, bytes]]:
        """The end of the file without a line end."""
        self.cut_off = False
        if rest.rstrip().endswith(b"}") and parsed(rest)[0] is not None:
            start = self.offset
            self.offset += len(rest)
            yield start, rest
        else:
            self.cut_off = bool(rest.strip())

    def _drop(self, start: int) -> None:
        self.skipped += 1
        self.overlong += 1
        self.first_skipped = start if self.first_skipped is None else self.first_skipped


class CompressedTranscript(Transcript):
    """A transcript packed with zstd: never appended to, so a change means another file."""

    def look(self) -> Change:
        change = super().look()
        return "replaced" if change == "grown" and self.inode != -1 else change

    def cursor(self) -> Cursor:
        return Cursor(self.inode, _digest(self.head), self.size)

    def _recognise(self, head: bytes) -> None:
        self.head = head
        if self._cursor == self.cursor():
            self.known = sys.maxsize
        self._cursor = None

    def _stream(self, file: Any) -> Any:
        file.seek(0)
        return ZstdDecompressor().stream_reader(file, read_across_frames=True)


def _digest(head: bytes) -> str:
    return blake2b(head, digest_size=16).hexdigest()


def problem(transcript: Transcript, now: float, oversized: int = 0) -> Problem | None:
    """What is wrong with a transcript, in words; `oversized` messages stated impossible figures."""
    parts = []
    if transcript.error:
        parts.append(f"cannot be read: {transcript.error}")
    if broken := transcript.skipped - transcript.overlong:
        parts.append(f"{_lines(broken)} skipped that hold no JSON object")
    if transcript.overlong:
        parts.append(f"{_lines(transcript.overlong)} skipped that are longer than {LINE_BYTES // 2**20} MiB")
    if transcript.replaced:
        parts.append(f"{_lines(transcript.replaced)} with bytes that are not UTF-8, which were replaced")
    if oversized:
        parts.append(f"{_lines(oversized)} with impossible token counts, which are not added")
    if transcript.cut_off and now - transcript.modified > SETTLED_SECONDS:
        parts.append("its last line is cut off")
    if parts and transcript.first_skipped is not None:
        parts.append(f"the first at byte {transcript.first_skipped}")
    return Problem(transcript.path, "; ".join(parts)) if parts else None


def _lines(number: int) -> str:
    return f"{number} line{'s' * (number != 1)}"
