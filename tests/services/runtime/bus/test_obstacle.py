import sqlite3
from socket import gaierror

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.runtime.bus import NotConfirmed, Transient, Unroutable
from services.runtime.bus.obstacle import is_transient


class Answer(Exception):  # noqa: N818
    def __init__(self, sqlstate: str) -> None:
        super().__init__("answer")
        self.sqlstate = sqlstate


class InterfaceError(Exception):
    """Has the name of the driver's own."""


@pytest.mark.parametrize(
    "error",
    [
        Transient(),
        NotConfirmed(),
        Unroutable(),
        ConnectionRefusedError(),
        TimeoutError(),
        gaierror(),
        PoolTimeout(),
        OperationalError("", {}, sqlite3.OperationalError("database is locked")),
        DBAPIError("", {}, ConnectionResetError()),
        DBAPIError("", {}, InterfaceError("connection is closed")),
        DBAPIError("", {}, Answer("08006"), connection_invalidated=True),
        *(
            DBAPIError("", {}, Answer(state))
            for state in ("08006", "40001", "40P01", "25006", "53300", "55P03", "57P01", "57P03", "57014")
        ),
        Answer("57P02"),
    ],
)
def test_what_is_in_the_way(error):
    assert is_transient(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        KeyError(),
        FileNotFoundError(),
        IntegrityError("", {}, sqlite3.IntegrityError("UNIQUE constraint failed")),
        OperationalError("", {}, sqlite3.OperationalError("no such table: sessions")),
        DBAPIError("", {}, Answer("23505")),
        DBAPIError("", {}, Answer("22P05")),
        DBAPIError("", {}, Answer("42P01")),
    ],
)
def test_what_is_wrong_with_the_message(error):
    assert not is_transient(error)
