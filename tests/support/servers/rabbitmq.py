"""A private RabbitMQ with the configuration of production."""

import os
import secrets
import subprocess
from pathlib import Path
from urllib.parse import quote

from tests.support.servers import ports
from tests.support.servers.broker import DEFINITIONS, Broker
from tests.support.servers.process import Server, StartError, wait_until
from tests.support.servers.programs import find
from tests.support.servers.template import INFRA, render

# The scripts behind Debian's wrappers: the wrappers insist on the account and folders of the system's broker.
SCRIPTS = "/usr/lib/rabbitmq/bin"


class Epmd(Server):
    """Erlang's port mapper; otherwise the node starts one as a daemon that outlives it."""

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__("epmd", folder)
        self.port = port

    def command(self) -> list[str]:
        return [find("epmd", "/usr/lib/erlang/bin"), "-port", str(self.port), "-address", "127.0.0.1"]

    def ready(self) -> bool:
        return ports.accepts(self.port)


class RabbitMQ(Server):
    """Starts in 4-6 s, restarts in 3.

    `auth_port` is where it asks about agents: a test may serve that port, by default nobody does. With a
    `tls_folder` that holds certificate.pem and key.pem it serves AMQPS, too, on `tls_port`.
    """

    def __init__(
        self, *, auth_url: str | None = None, folder: Path | None = None, tls_folder: Path | None = None
    ) -> None:
        super().__init__("rabbitmq", folder)
        find("rabbitmq-server", SCRIPTS)
        self.port, self.management_port = ports.free_port(), ports.free_port()
        self.auth_port = ports.free_port()
        self._auth_url = auth_url or f"http://127.0.0.1:{self.auth_port}"
        self._metrics_port, self._dist_port = ports.free_port(), ports.free_port()
        self.tls_port, self._tls_folder = ports.free_port(), tls_folder
        self._passwords = {
            name: secrets.token_hex(16)
            for name in ("SERVICES_PASSWORD", "MANAGEMENT_PASSWORD", "OPERATOR_PASSWORD")
        }
        self._node = f"dashboard-{self.port}@localhost"
        self._epmd = Epmd(ports.free_port(), self.folder)

    @property
    def url(self) -> str:
        """The services' account on the default virtual host."""
        return f"amqp://services:{self._passwords['SERVICES_PASSWORD']}@127.0.0.1:{self.port}/"

    @property
    def management_url(self) -> str:
        """For who looks after the broker."""
        return self._management_url("operator", "OPERATOR_PASSWORD")

    @property
    def connections_url(self) -> str:
        """For the auth service, which ends connections there."""
        return self._management_url("management", "MANAGEMENT_PASSWORD")

    def _management_url(self, user: str, password: str) -> str:
        return f"http://{user}:{self._passwords[password]}@127.0.0.1:{self.management_port}"

    @property
    def metrics_url(self) -> str:
        return f"http://127.0.0.1:{self._metrics_port}/metrics"

    @property
    def broker(self) -> Broker:
        return Broker(self.url, self.management_url)

    def command(self) -> list[str]:
        return [f"{SCRIPTS}/rabbitmq-server"]

    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("RABBITMQ_")}
        return inherited | {
            "HOME": str(self.folder),  # the Erlang cookie lies here
            "ERL_EPMD_PORT": str(self._epmd.port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder / "log"),
            "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(INFRA / "rabbitmq" / "enabled_plugins"),
            "RABBITMQ_LOG": "-color",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",  # not the system broker's settings
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the node: one process to signal and kill
        }

    def prepare(self) -> None:
        definitions = self.folder / "definitions.json"
        values = {
            "AMQP_ADDRESS": "127.0.0.1",
            "AMQP_PORT": self.port,
            "AMQPS_PORT": self.tls_port,
            "MANAGEMENT_ADDRESS": "127.0.0.1",
            "MANAGEMENT_PORT": self.management_port,
            "PROMETHEUS_PORT": self._metrics_port,
            "AUTH_URL": self._auth_url,
            "DEFINITIONS_FILE": definitions,
            "TLS_FOLDER": self._tls_folder,
        }
        door = "tls" if self._tls_folder else "plain"
        templates = ("rabbitmq.conf.template", f"doors/{door}.conf.template")
        configuration = "".join(render(INFRA / "rabbitmq" / name, values) for name in templates)
        (self.folder / "rabbitmq.conf").write_text(configuration)
        definitions.write_text(render(DEFINITIONS, self._passwords))
        if not self._epmd.running:
            self._epmd.start()

    def ready(self) -> bool:
        # The node opens its AMQP listeners last, after all plugins.
        last = self.tls_port if self._tls_folder else self.port
        return ports.accepts(self.port) and ports.accepts(last)

    def close(self) -> None:
        super().close()
        self._epmd.close()

    def settle(self) -> None:
        """Wait until every quorum queue would survive a kill.

        The broker writes a queue's registration up to half a second after it confirmed the declaration.
        Killed in between, it comes back with a queue without a leader: consuming from it hangs until the
        queue is deleted.
        """
        queues = self.broker.call("GET", "/queues")
        names = [f"{quote(queue['vhost'], safe='')}_{queue['name']}".encode() for queue in queues]
        registrations = self.folder / "mnesia" / self._node / "quorum" / self._node / "names.dets"

        def written() -> bool:
            content = registrations.read_bytes()
            return all(name in content for name in names)

        if not wait_until(written, 10):
            raise StartError(f"the broker registered not all of {names}")

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node (1-2 s) and return what it prints. Raises CalledProcessError."""
        return subprocess.run(
            [f"{SCRIPTS}/rabbitmqctl", "-q", "-n", self._node, *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
