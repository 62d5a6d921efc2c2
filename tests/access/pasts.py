"""A past that any number of worlds begin from, each on a copy of its database."""

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tests.access.worlds import Past, make_past
from tests.support.servers.postgres import create_database, drop_database, psql


class Origin(Protocol):
    past: Past

    def copy(self, folder: Path) -> AbstractContextManager[str]:
        """The address of a copy, which is gone when the block ends."""


class OnSqlite:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "past.db"
        self.past = asyncio.run(make_past(folder, f"sqlite:///{self._file}"))

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self._file, folder / "world.db")
        yield f"sqlite:///{folder}/world.db"


class OnPostgresql:
    def __init__(self, folder: Path, superuser_url: str) -> None:
        self._superuser_url = superuser_url
        self._url = create_database(superuser_url)
        self.past = asyncio.run(make_past(folder, self._url))

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        parts = urlsplit(self._url)
        name, template = f"test_{secrets.token_hex(6)}", parts.path.removeprefix("/")
        psql(self._superuser_url, "--command", f"create database {name} owner dashboard template {template}")
        url = parts._replace(path=f"/{name}").geturl()
        try:
            yield url
        finally:
            drop_database(self._superuser_url, url)

    def close(self) -> None:
        drop_database(self._superuser_url, self._url)
