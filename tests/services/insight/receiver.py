"""Receivers of webhooks on this machine, shaped as Slack's, Teams' and anybody's."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Receiver:
    """Takes posts and answers `status`; Slack's and Teams' refuse a body that is none of theirs."""

    shape: str = "generic"
    status: int | str = 200
    headers: tuple[str, ...] = ()
    answer: bytes = b"ok"
    port: int = 0
    got: list[tuple[str, dict[str, str], dict]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])
            }
            raw = await reader.readexactly(int(headers["content-length"]))
            body = json.loads(raw)
            status = self.status if _fits(self.shape, body) else 400
            if status == 200:
                self.got.append((head[0], headers | {"raw": raw.decode()}, body))
                self.arrived.set()
            lines = (f"HTTP/1.1 {status} Said", f"Content-Length: {len(self.answer)}", *self.headers)
            writer.write("\r\n".join((*lines, "", "")).encode() + self.answer)
            await writer.drain()
        writer.close()


def _fits(shape: str, body: dict) -> bool:
    if shape == "slack":
        return isinstance(body.get("text"), str) and all("type" in block for block in body["blocks"])
    if shape == "teams":
        (card,) = body["attachments"]
        return body["type"] == "message" and card["content"]["type"] == "AdaptiveCard"
    return True


@asynccontextmanager
async def receiving(receiver: Receiver, port: int = 0):
    """Let it listen, on a port that is free or on one it had before."""
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", port)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await server.wait_closed()
