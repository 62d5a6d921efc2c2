"""The words that sessions are found by."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from services.runtime.words import every_word, sought

__all__ = ["SEARCHED", "sought", "theirs", "words_of"]

MARK = 8
SEARCHED = ("own_title", "title", "project", "repository", "branch", "note")


def words_of(row: Mapping[str, Any]) -> str:
    """All words of a session's row as its team's, sorted, with blanks between them."""
    texts = [row[name] for name in SEARCHED if row[name]]
    return " ".join(theirs(row["team_id"], every_word([*texts, *row["tags"]])))


def theirs(team_id: UUID, words: Iterable[str]) -> Iterator[str]:
    """The words as one team's: so that an index, of all teams, leads to this team's sessions alone.

    Two teams may happen to have the same mark, so nothing is decided by it.
    """
    return (f"{team_id.hex[:MARK]}{word}" for word in words)
