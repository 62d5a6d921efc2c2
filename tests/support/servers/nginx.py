"""A private nginx with the front door's configuration."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.servers import ports
from tests.support.servers.process import Server
from tests.support.servers.programs import find
from tests.support.servers.template import INFRA, render

TEMPLATE = INFRA / "nginx" / "nginx.conf.template"
UPSTREAMS = ("auth", "ingest", "analytics", "insight", "gateway")


class FrontDoor(Server):
    """Serves the page from `page_dir` and sends the rest on to `upstreams`: ports by service.

    A service that is not named is sent to a port where nobody answers. Of floods, it lets five times through
    what the services take. `proxy` is the address of one in front, whose word is taken. `tls` is a
    folder with `certificate.pem` and `key.pem`.
    """

    def __init__(
        self,
        page_dir: Path,
        upstreams: Mapping[str, Sequence[int]],
        folder: Path | None = None,
        *,
        anonymous_per_minute: int = 60,
        proxy: str = "",
        tls: Path | None = None,
    ) -> None:
        self._program = find("nginx")
        super().__init__("nginx", folder)
        self.port, self._health_port = ports.free_port(), ports.free_port()
        self._page_dir = page_dir
        self._anonymous = anonymous_per_minute
        self._proxy = proxy
        self._tls = tls
        nobody = [ports.free_port()]
        self._upstreams = {name: upstreams.get(name) or nobody for name in UPSTREAMS}

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def access_log(self) -> str:
        return (self.folder / "access.log").read_text()

    @property
    def configuration(self) -> Path:
        return self.folder / "nginx.conf"

    def command(self) -> list[str]:
        # As root, its workers too: they must read pages and folders that belong to root.
        account = "user root;" if os.geteuid() == 0 else ""
        options = ["-e", "stderr", "-g", f"daemon off; {account}"]
        return [self._program, "-p", f"{self.folder}/", "-c", str(self.configuration), *options]

    def prepare(self) -> None:
        shutil.copytree(INFRA / "nginx", self.folder, dirs_exist_ok=True)
        if self._tls:
            shutil.copytree(self._tls, self.folder / "tls", dirs_exist_ok=True)
        servers = {
            f"{name.upper()}_SERVERS": " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in targets)
            for name, targets in self._upstreams.items()
        }
        values = servers | {
            "LISTEN": f"127.0.0.1:{self.port}{' ssl' if self._tls else ''}",
            "HEALTH_LISTEN": f"127.0.0.1:{self._health_port}",
            "DOOR": "tls" if self._tls else "plain",
            "RUN_DIR": str(self.folder),
            "PAGE_DIR": str(self._page_dir),
            "ACCESS_LOG": str(self.folder / "access.log"),
            "RESOLVER": "127.0.0.1",
            "ANONYMOUS_RATE": f"{5 * self._anonymous}r/m",
            "ANONYMOUS_BURST": 2 * self._anonymous,
            "REAL_IP_FROM": f"set_real_ip_from {self._proxy};" if self._proxy else "",
        }
        self.configuration.write_text(render(TEMPLATE, values))

    def check(self) -> str:
        """Let nginx check the configuration; return what it says. Raises CalledProcessError."""
        self.prepare()
        command = [*self.command(), "-t"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stderr

    def ready(self) -> bool:
        return ports.accepts(self._health_port)
