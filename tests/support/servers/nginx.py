"""A private nginx."""

import os
from pathlib import Path

from tests.support.servers import ports
from tests.support.servers.process import Server
from tests.support.servers.programs import find


class Nginx(Server):
    """Runs a given configuration, in the foreground, with its folder as prefix. It listens on `port`."""

    def __init__(self, port: int, folder: Path | None = None) -> None:
        super().__init__("nginx", folder)
        self._program = find("nginx")
        self.port = port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def configuration(self) -> Path:
        return self.folder / "nginx.conf"

    def command(self) -> list[str]:
        # As root, its workers too: they must read pages and folders that belong to root.
        account = "user root;" if os.geteuid() == 0 else ""
        directives = f"daemon off; {account}"
        return [
            self._program,
            "-p",
            f"{self.folder}/",
            "-c",
            str(self.configuration),
            "-e",
            "stderr",
            "-g",
            directives,
        ]

    def prepare(self) -> None:
        for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
            (self.folder / name).mkdir(exist_ok=True)

    def ready(self) -> bool:
        return ports.accepts(self.port)
