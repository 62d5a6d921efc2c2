"""Tells what is in the way of a message from what is wrong with it."""

from socket import gaierror

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.runtime.bus import NotConfirmed, Transient

# Connection, serialization, deadlock, read only, resources, lock not available, shut-down and cancelled.
TRANSIENT_STATES = (
    "08",
    "40001",
    "40P01",
    "25006",
    "53",
    "55P03",
    "57P01",
    "57P02",
    "57P03",
    "57014",
    "25P03",
)
SQLITE_BUSY = ("database is locked", "database table is locked", "disk i/o error", "database or disk is full")


def is_transient(error: BaseException) -> bool:
    """Whether the same message may well succeed a little later, though nobody changes it."""
    if isinstance(error, Transient | NotConfirmed | ConnectionError | TimeoutError | gaierror | PoolTimeout):
        return True
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or is_transient(error.orig or ValueError())
    return _says_so(error)


def _says_so(error: BaseException) -> bool:
    state = getattr(error, "sqlstate", None) or ""
    text = str(error).lower()
    is_gone = type(error).__name__ == "InterfaceError" and "closed" in text
    return state.startswith(TRANSIENT_STATES) or is_gone or any(busy in text for busy in SQLITE_BUSY)
