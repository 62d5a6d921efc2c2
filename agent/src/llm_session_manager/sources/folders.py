"""Walks a tool's folder without ever leaving it."""

import os
from collections.abc import Collection, Iterator
from pathlib import Path

_DEEPEST = 12


def files_below(top: Path, home: Path, deepest: int = _DEEPEST) -> Iterator[Path]:
    """Every regular file below `top`; links are followed only to files that lie in `home`, too."""
    try:
        entries = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                if deepest:
                    yield from files_below(Path(entry.path), home, deepest - 1)
            elif entry.is_file() and (not entry.is_symlink() or inside(Path(entry.path), home)):
                yield Path(entry.path)
        except OSError:
            continue


def holds(path: Path, home: Path) -> bool:
    """Whether `path` is a regular file that really lies in `home`."""
    try:
        return path.is_file() and inside(path, home)
    except OSError:
        return False


def inside(path: Path, home: Path) -> bool:
    """Whether `path`, all links followed, lies in `home`."""
    return path.resolve().is_relative_to(home.resolve())


def named_files(changed: Collection[Path], home: Path) -> Iterator[Path]:
    """The files that `changed` names, or that lie in a folder it names, as far as they are in `home`.

    They are given as paths below `home`, also where a watcher follows the link that `home` is.
    """
    real = home.resolve()
    for one in sorted({Path(one).absolute() for one in changed}):
        path = home / one.relative_to(real) if one.is_relative_to(real) else one
        if path.is_relative_to(home):
            if path.is_dir():
                yield from files_below(path, home) if inside(path, home) else ()
            elif holds(path, home):
                yield path
