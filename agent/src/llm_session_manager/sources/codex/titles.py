"""Titles that Codex keeps beside its rollouts. Never one made from a prompt."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson

from llm_session_manager.sources import values

_INDEX_BYTES = 16 * 1024 * 1024
_NOT_A_WORD = re.compile(r"[\W_]+")
_WAIT_SECONDS = 0.2


class Titles:
    """The titles of one home; files that stayed the same are not read again. Blocking, never waits long."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._seen: dict[Path, tuple[tuple[int, int], ...]] = {}
        self._titles: dict[str, str] = {}

    def refresh(self) -> set[str]:
        """Read what is new; the threads whose titles changed."""
        before = dict(self._titles)
        for file in self._databases():
            if self._changed(file, file.with_name(file.name + "-wal")):
                self._titles.update(_from_database(file))
        index = self._home / "session_index.jsonl"
        if self._changed(index):
            self._titles.update(_from_index(index))
        return {thread for thread, title in self._titles.items() if before.get(thread) != title}

    def title(self, thread: str, prompt: str) -> str | None:
        """A thread's title; `None` also where it repeats the first prompt or that is not known."""
        title = self._titles.get(thread)
        said, named = _plain(prompt), _plain(title or "")
        return title if said and named and named not in said and said not in named else None

    def _databases(self) -> list[Path]:
        numbered = {file: file.stem.removeprefix("state_") for file in self._home.glob("state_*.sqlite")}
        return sorted(
            (file for file, number in numbered.items() if number.isdigit()), key=lambda f: int(numbered[f])
        )

    def _changed(self, *files: Path) -> bool:
        seen = tuple(_stamp(file) for file in files)
        changed = self._seen.get(files[0]) != seen and seen[0] != (0, 0)
        self._seen[files[0]] = seen
        return changed


def _stamp(file: Path) -> tuple[int, int]:
    try:
        now = file.stat()
    except OSError:
        return (0, 0)
    return (now.st_mtime_ns, now.st_size)


def _from_database(file: Path) -> dict[str, str]:
    try:
        address = f"{file.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_SECONDS)) as database:
            rows = database.execute("SELECT id, title FROM threads WHERE title IS NOT NULL").fetchall()
    except (sqlite3.Error, OSError, ValueError):
        return {}
    return {str(thread): title for thread, given in rows if (title := values.one_line(given, 500))}


def _from_index(file: Path) -> dict[str, str]:
    titles = {}
    try:
        with file.open("rb") as opened:
            lines = opened.read(_INDEX_BYTES).split(b"\n")
    except OSError:
        return {}
    for line in lines:
        try:
            entry = values.mapping(orjson.loads(line))
        except ValueError:
            continue
        thread, title = values.key(entry.get("id")), values.one_line(entry.get("thread_name"), 500)
        if thread and title:
            titles[thread] = title
    return titles


def _plain(words: str) -> str:
    return _NOT_A_WORD.sub(" ", words).casefold().strip()
