"""Where a file lies in its repository, whoever's machine the repository lies on."""

import re
from itertools import takewhile

from llm_session_manager.protocol import Session

# Agents write `~` for the home of whoever they run for.
_ABSOLUTE = re.compile(r"~?[/\\]|[A-Za-z]:[/\\]")
_SEPARATOR = re.compile(r"[/\\]+")
_UP = ".."


def repository_path(path: str, facts: Session) -> str | None:
    """The path from the top of the session's repository; `None` where that cannot be told, or leads out.

    The top is the folder, above or at the one that the tool ran in, with the project's name: that of the
    repository. Where none has it, as in a linked work tree, it is the folder the tool ran in.
    """
    if facts.repository is None:
        return None
    folder = _names(facts.directory or "")
    names = _names(path) if _ABSOLUTE.match(path) else _plain([*folder, *_names(path)])
    top = _top(folder, facts.project)
    if names is None or (_ABSOLUTE.match(path) and not top) or names[: len(top)] != top:
        return None
    rest = _plain(names[len(top) :])
    return "/".join(rest) if rest else None


def _top(folder: list[str], project: str | None) -> list[str]:
    below = list(takewhile(lambda name: name != project, reversed(folder)))
    return folder[: len(folder) - len(below)] or folder


def _plain(names: list[str]) -> list[str] | None:
    """The names without steps back; `None` where they lead out of where they begin."""
    kept: list[str] = []
    for name in names:
        if name != _UP:
            kept.append(name)
        elif kept:
            kept.pop()
        else:
            return None
    return kept


def _names(path: str) -> list[str]:
    return [name for name in _SEPARATOR.split(path) if name not in {"", "."}]
