"""The two ways to the server, behind one promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from llm_session_manager import protocol
from llm_session_manager.spool.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something was not sent.

    `answered`: the server's port took the call, so it will soon be back. `refused`: it knows us not.
    `conflict`: it wants a new epoch. `unfit`: what was sent is at fault, not the moment. `retry_after` is
    what the server asked for, in seconds; `status` is what it answered over HTTP.
    """

    reason: str
    answered: bool = False
    refused: bool = False
    conflict: bool = False
    unfit: bool = False
    retry_after: float | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A report that the server will never take, and why."""

    report: Outgoing
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of some reports; those in no list were not sent, and `failure` says why.

    `unfit` were not sent either, each alone for its own content: the others need not wait for them.
    """

    confirmed: Sequence[Outgoing] = ()
    rejected: Sequence[Refusal] = ()
    unfit: Sequence[Refusal] = ()
    failure: Failure | None = None


class Transport(Protocol):
    """One connection's worth of sending. Nothing here raises for what server or network do."""

    async def send(self, reports: Sequence[Outgoing]) -> Delivery:
        """Send in order; what comes back as confirmed will not be lost by the server."""

    async def heartbeat(self) -> Failure | None:
        """Say that the agent lives."""

    async def close(self) -> None:
        """Let the connection go; safe to call twice."""


class Greeter(Protocol):
    """Introduces the machine; always over HTTPS, whatever carries the reports."""

    async def hello(self, hello: protocol.Hello) -> protocol.Welcome | Failure:
        """What the server says to this machine."""
