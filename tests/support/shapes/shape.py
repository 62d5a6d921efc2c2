"""A running product, in either shape, as an end-to-end scenario sees it."""

from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Self

from tests.support.servers.process import Server
from tests.support.servers.smtp import MailServer


class Shape:
    """What a scenario may use without knowing the shape it runs in.

    `url` is the front door, `broker_url` where agents send reports over AMQP (None where there is no broker),
    `mail` where its letters go (None where it sends none),
    `parts` the processes by name: each may be killed, restarted and frozen, and its log be read. All methods
    block.
    """

    name: Literal["embedded", "distributed"]
    url: str
    broker_url: str | None
    database_url: str
    mail: MailServer | None = None
    parts: Mapping[str, Server]

    @property
    def ws_url(self) -> str:
        return "ws" + self.url.removeprefix("http")

    def part(self, name: str) -> Server:
        """The process that does this job; in one process, all jobs of the product are the same one's."""
        return self.parts[name]

    @property
    def logs(self) -> str:
        """Everything that all parts have printed, part after part."""
        return "\n".join(f"=== {server.name}\n{server.log}" for server in dict.fromkeys(self.parts.values()))

    def start(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """End everything quickly; the data goes too."""
        for server in reversed(dict.fromkeys(self.parts.values())):
            server.close()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
