"""What can be wrong with a spool."""

import sqlite3

_PASSING = ("is full", "locked", "readonly", "unable to open", "disk I/O error", "interrupted")


class SpoolBrokenError(Exception):
    """The file is no spool any more: set it aside and read everything anew."""


class SpoolUnavailableError(Exception):
    """Nothing was written or read, for example because the disk is full; worth another try later."""


def named(error: sqlite3.Error) -> Exception:
    """The spool's own error for one of SQLite's."""
    text = str(error)
    if isinstance(error, sqlite3.OperationalError) and any(word in text for word in _PASSING):
        return SpoolUnavailableError(text)
    return SpoolBrokenError(text)
