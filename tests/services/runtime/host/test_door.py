"""A server that is its own front door: bounded heads, no waiting for ever, and words for every refusal."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
import uvicorn

from services.runtime.host import build_app
from services.runtime.host.door import front_door
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings
from tests.services.runtime.host.stage import Part

HOST = b"Host: here\r\n"


@asynccontextmanager
async def serving(**changes):
    """The port of a server with these settings."""
    settings = Settings(**{"client_header_seconds": 30.0, "client_body_seconds": 30.0, **changes})
    app = build_app(settings, Metrics(), [Part()])
    proxies = {
        "proxy_headers": settings.trusted_proxies != "",
        "forwarded_allow_ips": settings.trusted_proxies,
    }
    config = uvicorn.Config(
        app, port=0, http=front_door(settings), lifespan="off", log_config=None, **proxies
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        await server.shutdown()


async def said(port, *pieces: bytes, end=False):
    """Send these one by one; everything that is answered until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if end:
            writer.write_eof()
        return await asyncio.wait_for(reader.read(), 60)
    finally:
        writer.close()


def told(answer: bytes):
    """Status and code of a problem document, which has the headers of every answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    expected = {"x-content-type-options: nosniff", "referrer-policy: no-referrer", "cache-control: no-store"}
    expected |= {"content-type: application/problem+json", "connection: close"}
    assert expected <= set(lines)
    return int(lines[0].split()[1]), json.loads(body)["code"]


async def test_a_head_that_never_comes_is_not_waited_for():
    async with serving(client_header_seconds=0.2) as port:
        assert await said(port) == b""
        assert told(await said(port, b"GET /healthz HTTP/1.1\r\nHo")) == (408, "too_slow")
        first = await said(port, b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\nGET /healthz HTTP/1.1\r\n")
        assert first.startswith(b"HTTP/1.1 200 ")
        assert b"HTTP/1.1 408 " in first


async def test_a_body_that_stops_coming_is_not_waited_for():
    head = (
        b"POST /api/form HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
    )
    async with serving(client_body_seconds=0.2) as port:
        assert told(await said(port, head)) == (408, "too_slow")
        assert told(await said(port, head + b"{")) == (408, "too_slow")
        assert b'"count":1' in await said(port, head.replace(b"9", b"11"), b'{"count":1}', end=True)


async def test_a_route_may_take_longer_than_its_body():
    """What the server itself holds back is not the sender's fault."""
    size = 400_000
    head = b"POST /api/slow HTTP/1.1\r\n" + HOST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size
    async with serving(client_body_seconds=0.2) as port:
        answer = await said(port, head, b"x" * size)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'{"size":400000}' in answer


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 17_000 + b"\r\n\r\n"], (431, "headers_too_large")),
        ([b"GET / HTTP/1.1\r\n" + b"X-Many: x\r\n" * 1600 + b"\r\n"], (431, "headers_too_large")),
        ([b"GET / HTTP/1.1\r\nX-Long: ", *[b"x" * 60_000] * 8], (431, "headers_too_large")),
        ([b"GET /" + b"x" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"], (414, "url_too_long")),
        ([b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"], (400, "bad_request")),
        ([b"GET / HTTP/1.1\r\nno colon here\r\n\r\n"], (400, "bad_request")),
    ],
)
async def test_what_has_too_much_of_a_head_or_none_is_refused(pieces, expected):
    async with serving() as port:
        assert told(await said(port, *pieces)) == expected


async def test_a_head_may_come_in_many_pieces():
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(15))
    head = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + HOST + headers + b"\r\n"
    async with serving() as port:
        answer = await said(port, *(head[at : at + 700] for at in range(0, len(head), 700)))
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ("", "127.0.0.1"),
        ("10.0.0.0/8", "127.0.0.1"),
        ("127.0.0.1", "6.6.6.6"),
        ("127.0.0.0/8, ::1", "6.6.6.6"),
    ],
)
async def test_only_a_trusted_proxy_is_believed(trusted, expected):
    head = b"GET /api/client HTTP/1.1\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6\r\n" + HOST + b"\r\n"
    async with serving(trusted_proxies=trusted) as port:
        answer = await said(port, head)
    assert answer.endswith(b'{"client":"%s"}' % expected.encode())
