"""Everything in one process, on SQLite."""

from collections.abc import Mapping
from typing import Literal

from tests.support.servers.services import ServiceProcess
from tests.support.shapes.shape import Shape

JOBS = ("auth", "ingest", "analytics", "insight", "gateway")


class Embedded(Shape):
    """What `make run` starts, on a free port with a temporary folder."""

    name: Literal["embedded"] = "embedded"

    def __init__(self, settings: Mapping[str, str] | None = None, *, module: str = "services") -> None:
        self.process = ServiceProcess("dashboard", [], settings or {}, module=module)
        self.parts = dict.fromkeys(JOBS, self.process)
        self.url = self.process.url
        self.process.settings.setdefault("PUBLIC_URL", self.url)
        self.broker_url = None
        self.database_url = f"sqlite:///{self.process.folder / 'dashboard.db'}"

    def start(self) -> None:
        self.process.start()
