"""One process of the product."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.runtime.settings import Settings
from tests.support.servers import ports
from tests.support.servers.process import Server

PROXIES = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}
OWN = {name.upper() for name in Settings.model_fields}
PAGE_DIR = Path(__file__).parents[3] / "frontend" / "dist"


class ServiceProcess(Server):
    """`python -m services --target …` on a port of its own; ready when `/readyz` says so.

    `settings` are the process's environment variables by their names; those of the developer's own shell do
    not reach it. `module` may name another composition, one with failpoints for example.
    """

    start_seconds = 90.0
    stop_seconds = 40.0

    def __init__(
        self,
        name: str,
        targets: Sequence[str],
        settings: Mapping[str, str],
        *,
        module: str = "services",
        folder: Path | None = None,
    ) -> None:
        super().__init__(name, folder)
        self.port = ports.free_port()
        self.targets = tuple(targets)
        self.settings = dict(settings)
        self.module = module

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        targets = (word for target in self.targets for word in ("--target", target))
        return [sys.executable, "-m", self.module, *targets]

    def environment(self) -> dict[str, str]:
        return clean_environment() | {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATA_DIR": str(self.folder),
            "PAGE_DIR": str(PAGE_DIR),
            **self.settings,
        }

    def ready(self) -> bool:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"{self.url}/readyz", timeout=5
            ):
                return True
        except (OSError, urllib.error.HTTPError):
            return False


def clean_environment() -> dict[str, str]:
    """Our environment without settings of the product and without proxies."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper().removesuffix("_FILE") not in OWN and name.upper() not in PROXIES
    }
