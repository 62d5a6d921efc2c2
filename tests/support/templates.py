"""Databases to copy, with the tables of services in them: to make these anew takes longer than most tests."""

import asyncio
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from services.runtime.db import open_database
from services.runtime.migrate import migrate
from services.runtime.settings import Settings
from services.targets import SERVICES
from tests.support.servers.postgres import create_database

EVERY = ("runtime", *SERVICES)


class Templates:
    """One of each kind and choice of services, made when first asked for; the files lie in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Sequence[str], Path] = {}
        self._names: dict[tuple[str, Sequence[str]], str] = {}

    def sqlite(self, services: Sequence[str], path: Path) -> str:
        """Put a copy at the path, and return its URL."""
        if services not in self._files:
            made = self._folder / f"{'-'.join(services)}.db"
            _fill(f"sqlite:///{made}", services)
            self._files[services] = made
        shutil.copyfile(self._files[services], path)
        return f"sqlite:///{path}"

    def postgres(self, superuser_url: str, services: Sequence[str]) -> str:
        """Make a copy, and return its URL for the services' role."""
        key = (superuser_url, services)
        if key not in self._names:
            url = create_database(superuser_url)
            _fill(url, services)
            self._names[key] = urlsplit(url).path.removeprefix("/")
        return create_database(superuser_url, template=self._names[key])


def _fill(url: str, services: Sequence[str]) -> None:
    """Make the tables, on a loop of its own whatever runs in this thread."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, _migrate(url, services)).result()


async def _migrate(url: str, services: Sequence[str]) -> None:
    database = open_database(url, Settings())
    for service in services:
        await migrate(database, service)
    await database.close()
