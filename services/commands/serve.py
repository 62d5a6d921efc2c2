"""Runs an app on one port until it is told to stop."""

import gc
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import orjson
import uvicorn

from services.openapi import make_document
from services.runtime.host.door import front_door
from services.runtime.host.server import DrainingServer
from services.runtime.host.sockets import PromptSockets
from services.runtime.host.tls import AUTHORITY, fingerprint, own_certificate
from services.runtime.part import Part
from services.runtime.settings import Settings
from services.targets import ALL, Built, Composition


def run(settings: Settings, targets: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT; answers the exit code."""
    try:
        listening = listen(settings)
    except OSError as error:
        print(
            f"{settings.host}:{settings.port} cannot be used ({error.strerror}); set PORT.", file=sys.stderr
        )
        return 1
    settings.port = listening.getsockname()[1]
    built = Composition(settings, targets).build()
    server = make_server(settings, built, targets)
    # What is there now stays to the end: no collection of garbage need look at it again.
    gc.collect()
    gc.freeze()
    # A batch makes tens of thousands of objects that end with it: looking for cycles meanwhile is in vain.
    gc.set_threshold(50_000, 10, 10)
    server.run(sockets=[listening])
    return 0 if server.started else 1


def make_server(
    settings: Settings,
    built: Built,
    targets: Sequence[str],
    ready: Callable[[], Awaitable[None]] | None = None,
    guests: Sequence[Part] = (),
) -> DrainingServer:
    """Make the server. `ready` takes the place of the greeting; `guests` say goodbye with the parts."""
    certificate, key = tls(settings)
    config = uvicorn.Config(
        built.app,
        http=front_door(settings),
        proxy_headers=settings.trusted_proxies != "",
        forwarded_allow_ips=settings.trusted_proxies,
        log_config=None,
        access_log=False,
        ws=built.sockets or PromptSockets,
        ws_max_size=settings.socket_message_bytes,
        ws_ping_interval=settings.socket_ping_seconds,
        ws_ping_timeout=settings.socket_pong_seconds,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=int(settings.drain_seconds),
        server_header=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )

    async def greeting() -> None:
        if ALL in targets:
            greet(settings)

    return DrainingServer(config, [*guests, *built.parts], ready or greeting)


def print_document(settings: Settings) -> int:
    document = make_document(Composition(settings, [ALL]).build().app)
    print(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
    return 0


def listen(settings: Settings) -> socket.socket:
    """Take the port. Raises `OSError` when another process has it."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((settings.host, settings.port))
    return listening


def tls(settings: Settings) -> tuple[Path | None, Path | None]:
    """Give certificate and key, `None` for plain HTTP."""
    if settings.tls == "self":
        return own_certificate(settings.data_dir / "tls", settings.host)
    return settings.tls_cert, settings.tls_key


def address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.has_tls else 'http'}://{host}:{settings.port}"


def greet(settings: Settings) -> None:
    """Tell a person where to go, and how other machines can trust us."""
    lines = [
        "",
        f"  Team Dashboard   {address(settings)}",
        "  Open it, create an account, and connect this machine from the first page.",
    ]
    if settings.tls == "self":
        authority = settings.data_dir / "tls" / AUTHORITY
        lines += [f"  Authority        {authority}", f"  SHA-256          {fingerprint(authority)}"]
    print("\n".join([*lines, ""]), flush=True)
