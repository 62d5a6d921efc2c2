"""The topology of docker-compose.yml as local processes."""

import secrets
import subprocess
import sys
from collections.abc import Mapping
from typing import Literal

from tests.support.servers.nginx import FrontDoor
from tests.support.servers.postgres import Postgres, create_database
from tests.support.servers.process import Server, StartError
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.servers.redis import Redis
from tests.support.servers.services import PAGE_DIR, ServiceProcess, clean_environment
from tests.support.shapes.shape import Shape

TARGETS = {
    "auth": "auth",
    "ingest": "ingest",
    "analytics": "analytics",
    "analytics-facts": "analytics",
    "insight": "insight",
    "gateway-1": "gateway",
    "gateway-2": "gateway",
}
# What the front door knows nothing of.
BEHIND = {"analytics-facts"}


class Distributed(Shape):
    """RabbitMQ, Redis, PostgreSQL, a process a target (analytics and the gateway: two), and nginx in front.

    Parts: rabbitmq, redis, postgres, auth, ingest, analytics, analytics-facts, insight, gateway-1, gateway-2
    and nginx; `gateway` is the first gateway.
    """

    name: Literal["distributed"] = "distributed"

    def __init__(self, settings: Mapping[str, str] | None = None, *, module: str = "services") -> None:
        self.postgres = Postgres()
        self.redis = Redis()
        shared: dict[str, str] = {}  # filled in once every port is known
        self.services = {
            name: ServiceProcess(name, [target], shared, module=module) for name, target in TARGETS.items()
        }
        self.rabbitmq = RabbitMQ(auth_url=self.services["auth"].url)
        upstreams: dict[str, list[int]] = {target: [] for target in TARGETS.values()}
        for name, target in TARGETS.items():
            if name not in BEHIND:
                upstreams[target].append(self.services[name].port)
        anonymous = int((settings or {}).get("ANONYMOUS_PER_MINUTE", 60))
        self.nginx = FrontDoor(PAGE_DIR, upstreams, anonymous_per_minute=anonymous)
        self.url = self.nginx.url
        self.broker_url = f"amqp://127.0.0.1:{self.rabbitmq.port}/"
        self._settings = dict(settings or {})
        self.parts: dict[str, Server] = {
            "postgres": self.postgres,
            "redis": self.redis,
            "rabbitmq": self.rabbitmq,
            **self.services,
            "gateway": self.services["gateway-1"],
            "nginx": self.nginx,
        }

    def start(self) -> None:
        """Start all, the slow ones side by side; 10-20 s."""
        self.rabbitmq.launch()
        self.redis.start()
        self.postgres.start()
        self.database_url = create_database(self.postgres.url)
        self._configure()
        self._migrate()
        for service in self.services.values():
            service.launch()
        self.rabbitmq.wait_ready()
        for service in self.services.values():
            service.wait_ready()
        self.nginx.start()

    def _configure(self) -> None:
        shared = {
            "DATABASE_URL": self.database_url,
            "BUS_URL": self.rabbitmq.url,
            "FANOUT_URL": self.redis.url,
            "AUTH_URL": self.services["auth"].url,
            "INGEST_URL": self.services["ingest"].url,
            "INTERNAL_SECRET": secrets.token_hex(32),
            "PUBLIC_URL": self.url,
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        command = {"COMMAND_SECRET": secrets.token_hex(32)}
        auth = {"JWT_SECRET": secrets.token_hex(32), "MANAGEMENT_URL": self.rabbitmq.connections_url}
        own = {"auth": command | auth, "ingest": command, "analytics": {"ANALYTICS_CONSUMES": "0"}}
        for name, service in self.services.items():
            service.settings = shared | own.get(name, {}) | self._settings

    def _migrate(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "services", "migrate"],
            cwd=self.postgres.folder,
            env=clean_environment() | self.services["auth"].settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StartError(f"services migrate failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
