"""What can be wrong with a spool."""

import sqlite3

_BROKEN = ("malformed", "corrupt", "not a database", "no such table", "no such column")


class SpoolBrokenError(Exception):
    """The file is no spool any more: set it aside and read everything anew."""


class SpoolUnavailableError(Exception):
    """Nothing was written or read, for example because the disk is full; worth another try later."""


def named(error: sqlite3.Error) -> Exception:
    """The spool's own error for one of SQLite's."""
    text = str(error)
    usual = isinstance(error, sqlite3.OperationalError) and not any(word in text for word in _BROKEN)
    return SpoolUnavailableError(text) if usual else SpoolBrokenError(text)
