"""A private PostgreSQL with the roles of production."""

import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tests.support.servers import ports
from tests.support.servers.process import Server
from tests.support.servers.programs import ProgramMissingError, find
from tests.support.servers.template import INFRA

PROGRAMS = "/usr/lib/postgresql/*/bin"
ROLES = INFRA / "postgres" / "roles.sql"
CONFIGURATION = INFRA / "postgres" / "postgresql.conf"


class Postgres(Server):
    """Trusts everybody on loopback and does not wait for the disk: a kill loses nothing, a power cut would.

    It refuses to run as root, so then it runs as the account `postgres`.
    """

    def __init__(self, *, folder: Path | None = None, **settings: str) -> None:
        self._programs = Path(find("postgres", PROGRAMS)).parent
        super().__init__("postgres", folder)
        self.user = account()
        self.port = ports.free_port()
        self.settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"} | settings
        self._data = self.folder / "data"

    @property
    def url(self) -> str:
        """The superuser's, past all row-level security; the product never connects so."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        settings = self.settings | {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        }
        options = (word for key, value in settings.items() for word in ("-c", f"{key}={value}"))
        return [str(self._programs / "postgres"), "-D", str(self._data), *options]

    def prepare(self) -> None:
        if self._data.exists():
            return
        if self.user is not None:
            shutil.chown(self.folder, self.user, self.user)
        command = [str(self._programs / "initdb"), f"--pgdata={self._data}", "--username=postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        groups: list[str] | None = None if self.user is None else []
        subprocess.run(
            command,
            cwd=self.folder,
            check=True,
            capture_output=True,
            user=self.user,
            group=self.user,
            extra_groups=groups,
        )

    def ready(self) -> bool:
        probe = [str(self._programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(probe, check=False).returncode == 0

    def fresh_database(self) -> str:
        """Make an empty database, owned by the role under which the services run; return that role's URL."""
        return create_database(self.url)


def production() -> dict[str, str]:
    """The settings that docker-compose.yml gives PostgreSQL."""
    lines = CONFIGURATION.read_text().splitlines()
    stated = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'") for name, _, value in stated}


def create_database(superuser_url: str, template: str | None = None) -> str:
    """Make a database with its own name and the services' role; return the role's URL.

    It is empty, or a copy of the template. Raises CalledProcessError.
    """
    name = f"test_{secrets.token_hex(6)}"
    password = "loopback-only"
    copied = f" template {template}" if template else ""
    create = f"create database {name} owner dashboard{copied}"
    psql(superuser_url, f"--set=password={password}", "--file", str(ROLES), "--command", create)
    parts = urlsplit(superuser_url)
    return urlunsplit(("postgresql", f"dashboard:{password}@{parts.hostname}:{parts.port}", name, "", ""))


def drop_database(superuser_url: str, database_url: str) -> None:
    """Drop a database, closing the connections to it."""
    name = urlsplit(database_url).path.removeprefix("/")
    psql(superuser_url, "--command", f"drop database if exists {name} with (force)")


def psql(url: str, *arguments: str) -> str:
    """Run psql, stopping at the first error, and return what it prints. Raises CalledProcessError."""
    command = [find("psql", PROGRAMS), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]
    command += ["--set=ON_ERROR_STOP=1", "--dbname", url, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def account() -> str | None:
    """The account to run as: None for our own. Raises ProgramMissingError."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        raise ProgramMissingError("there is no account `postgres`: run `make servers`") from None
