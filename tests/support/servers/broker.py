"""The broker's management interface, as tests use it."""

import base64
import json
import secrets
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit

from tests.support.servers.template import INFRA

DEFINITIONS = INFRA / "rabbitmq" / "definitions.json.template"


class Broker:
    """A RabbitMQ broker that runs somewhere: makes virtual hosts and policies, lists and closes things.

    `amqp_url` names the account under which tests publish and consume; `management_url` carries the
    credentials of an administrator.
    """

    def __init__(self, amqp_url: str, management_url: str) -> None:
        self.amqp_url = amqp_url.rstrip("/")
        parts = urlsplit(management_url)
        self._address = f"{parts.scheme}://{parts.hostname}:{parts.port}/api"
        account = f"{parts.username}:{parts.password}".encode()
        self._authorization = f"Basic {base64.b64encode(account).decode()}"
        self._administrator = str(parts.username)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Call the management interface; None for an empty answer. Raises urllib.error.HTTPError."""
        request = urllib.request.Request(
            self._address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": self._authorization, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def create_vhost(self, name: str | None = None) -> str:
        """Make a fresh virtual host with the policies of production; return its AMQP URL."""
        name = name or f"test-{secrets.token_hex(6)}"
        self.call("PUT", f"/vhosts/{name}", {})
        for user in {str(urlsplit(self.amqp_url).username), self._administrator}:
            rights = {"configure": ".*", "write": ".*", "read": ".*"}
            self.call("PUT", f"/permissions/{name}/{user}", rights)
        policies = json.loads(DEFINITIONS.read_text())["policies"]
        for policy in policies:
            del policy["vhost"]
        self.call("POST", f"/definitions/{name}", {"policies": policies})
        return f"{self.amqp_url}/{name}"

    def delete_vhost(self, amqp_url: str) -> None:
        """Delete a virtual host with all its queues; connections to it are closed."""
        self.call("DELETE", f"/vhosts/{vhost_of(amqp_url)}")

    def apply_policy(self, amqp_url: str, queue: str, **changes: object) -> None:
        """Give a queue of a test's own the policy that production gives to `ingest.reports`.

        `changes` replace parts of it, with `_` for `-`: `max_length=10, delivery_limit=3`.
        """
        policies = json.loads(DEFINITIONS.read_text())["policies"]
        model = next(policy["definition"] for policy in policies if policy["name"] == "ingest.reports")
        definition = {**model, "dead-letter-routing-key": queue}
        definition |= {key.replace("_", "-"): value for key, value in changes.items()}
        pattern = "^" + queue.replace(".", "\\.") + "$"
        body = {"pattern": pattern, "apply-to": "queues", "priority": 20, "definition": definition}
        self.call("PUT", f"/policies/{vhost_of(amqp_url)}/{quote(queue, safe='')}", body)

    def close_connections(self, amqp_url: str) -> int:
        """Cut every client connection to this virtual host; return how many there were."""
        connections = self.call("GET", f"/vhosts/{vhost_of(amqp_url)}/connections")
        closed = 0
        for connection in connections:
            try:
                self.call("DELETE", f"/connections/{quote(connection['name'], safe='')}")
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    raise
            else:
                closed += 1
        return closed


def vhost_of(amqp_url: str) -> str:
    """The virtual host of an AMQP URL, quoted for a path."""
    return urlsplit(amqp_url).path.removeprefix("/") or "%2F"
