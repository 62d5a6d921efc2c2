"""A private Prometheus."""

from pathlib import Path

from tests.support.servers import ports
from tests.support.servers.process import Server
from tests.support.servers.programs import find


class Prometheus(Server):
    """Runs a given configuration file."""

    def __init__(self, configuration: Path, folder: Path | None = None) -> None:
        super().__init__("prometheus", folder)
        self._program = find("prometheus")
        self._configuration = configuration
        self.port = ports.free_port()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [
            self._program,
            f"--config.file={self._configuration}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
        ]

    def ready(self) -> bool:
        return ports.accepts(self.port)
