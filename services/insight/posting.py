"""Speaks to webhooks' receivers, and to nothing else: what a team may name must not lead into our network."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any, Protocol

import httpcore

from services.insight.domain.addresses import is_loopback, is_public
from services.insight.domain.targets import Target

REFUSED = "This host is not on the internet, or only partly: nothing was sent."
AGENT = "team-dashboard-webhook/1"


class UnsentError(Exception):
    """`reason` is a sentence that names no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Resolver(Protocol):
    async def __call__(self, host: str, port: int, /) -> Sequence[str]:
        """The addresses of a host. Raises `OSError`."""


class Poster:
    """Posts a body and answers the status; a redirect is an answer like any other, and no proxy is asked.

    The name is looked up once, every address it has must be public, and the connection goes to one of those
    very addresses: what the name says a moment later makes no difference. `loopback` lets this machine's own
    receivers through, for tests.
    """

    def __init__(
        self, resolve: Resolver, *, seconds: float, answer_bytes: int, loopback: bool = False
    ) -> None:
        self._resolve = resolve
        self._seconds = seconds
        self._bytes = answer_bytes
        self._loopback = loopback

    async def post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        """Takes `seconds` at most. Raises `UnsentError`."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(target, body, headers)
        except TimeoutError:
            raise UnsentError("The receiver did not answer in time.") from None
        except httpcore.ProtocolError:
            raise UnsentError("The receiver's answer is no answer of a web server.") from None
        except (OSError, UnicodeError, httpcore.NetworkError) as error:
            if isinstance(error.__cause__, ssl.SSLError):
                reason = "No secure connection: the receiver's certificate is not valid."
                raise UnsentError(reason) from None
            raise UnsentError("The receiver cannot be reached.") from None

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def _post(self, target: Target, body: bytes, headers: Mapping[str, str]) -> int:
        def may_reach(address: str) -> bool:
            return (self._loopback and is_loopback(address)) or (target.secure and is_public(address))

        network = GuardedNetwork(self._resolve, may_reach)
        async with httpcore.AsyncConnectionPool(ssl_context=self._trust, network_backend=network) as pool:
            asked = pool.stream("POST", _url(target), headers=_headers(target, headers), content=body)
            async with asked as answer:
                left = self._bytes
                # Let the receiver finish, as far as anybody would read.
                async for chunk in answer.aiter_stream():
                    left -= len(chunk)
                    if left <= 0:
                        break
                return int(answer.status)


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the addresses of a name, if all of them may be reached. Raises `UnsentError` if not."""

    def __init__(self, resolve: Resolver, may_reach: Callable[[str], bool]) -> None:
        self._resolve = resolve
        self._may_reach = may_reach
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        if not addresses or not all(self._may_reach(each) for each in addresses):
            raise UnsentError(REFUSED)
        *others, last = addresses
        for address in others:
            with suppress(httpcore.ConnectError):
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver, which also knows what numbers mean that look like none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _url(target: Target) -> httpcore.URL:
    scheme = b"https" if target.secure else b"http"
    return httpcore.URL(
        scheme=scheme, host=target.host.encode("ascii"), port=target.port, target=target.path.encode("ascii")
    )


def _headers(target: Target, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    usual = 443 if target.secure else 80
    name = f"[{target.host}]" if ":" in target.host else target.host
    lines = {
        "Host": name if target.port == usual else f"{name}:{target.port}",
        "User-Agent": AGENT,
        "Content-Type": "application/json",
        "Connection": "close",
    } | dict(headers)
    return [(key.encode("ascii"), value.encode("ascii")) for key, value in lines.items()]
