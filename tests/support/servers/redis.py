"""A private Redis."""

import itertools
import socket
from pathlib import Path

from tests.support.servers import ports
from tests.support.servers.process import Server
from tests.support.servers.programs import find

DATABASES = 64


class Redis(Server):
    """Keeps nothing on disk unless `persistent`. Publish/subscribe channels span all its databases."""

    def __init__(self, *, persistent: bool = False, folder: Path | None = None) -> None:
        super().__init__("redis", folder)
        self._program = find("redis-server")
        self._persistent = persistent
        self.port = ports.free_port()
        self._databases = itertools.cycle(range(1, DATABASES))

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        settings = {
            "port": self.port,
            "bind": "127.0.0.1",
            "dir": self.folder,
            "databases": DATABASES,
            "save": "",
            "appendonly": "yes" if self._persistent else "no",
        }
        return [
            self._program,
            *(word for key, value in settings.items() for word in (f"--{key}", str(value))),
        ]

    def ready(self) -> bool:
        try:
            return ask(self.port, "PING") == "+PONG"
        except OSError:
            return False

    def fresh_database(self) -> str:
        """Return the URL of an emptied database; after 63 of them the first comes again."""
        number = next(self._databases)
        ask(self.port, f"SELECT {number}", "FLUSHDB")
        return f"redis://127.0.0.1:{self.port}/{number}"


def ask(port: int, *commands: str, host: str = "127.0.0.1", seconds: float = 5) -> str:
    """Send inline commands over one connection and return the last answer's line. Raises OSError."""
    with (
        socket.create_connection((host, port), seconds) as connection,
        connection.makefile("rw", newline="\r\n") as lines,
    ):
        answer = ""
        for command in commands:
            lines.write(f"{command}\r\n")
            lines.flush()
            answer = lines.readline().rstrip("\r\n")
            if answer.startswith("-"):
                raise OSError(answer)
        return answer
