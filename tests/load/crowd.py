"""Many sockets read by one cheap loop: the same for every server that is measured.

Frames are not taken apart: what is delivered is counted by a mark that each change holds once, and only some
of the sockets are read closely enough to tell how old a change was when it arrived.
"""

import base64
import json
import os
import re
import select
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MARK = b'"native_id":"change-'
NUMBER = re.compile(rb'"native_id":"change-(\d+)"')
LONGEST = len(MARK) + 12
CHUNK = 256 * 1024
CLOSELY = 20
PATIENCE = 60.0
WAVE = 50

Step = tuple[bytes, bytes]


def text_frame(text: str) -> bytes:
    """Frame a text as a client does, with a mask that changes nothing."""
    data = text.encode()
    size = bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
    return b"\x81" + size + b"\0\0\0\0" + data


def handshake(path: str) -> Step:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode(), b"\r\n\r\n"


def plain_steps(channel: str, token: str) -> Sequence[Step]:
    """Our own protocol, which the plain peers speak, too."""
    said = [{"type": "auth", "token": token}, {"type": "subscribe", "channel": channel}]
    frames = b"".join(text_frame(json.dumps(one)) for one in said)
    return [handshake("/ws/sessions"), (frames, b'"subscribed"')]


def socketio_steps(channel: str, _token: str) -> Sequence[Step]:
    """What a client of socket.io says."""
    hello, _ = handshake("/socket.io/?EIO=4&transport=websocket")
    subscribe = text_frame("42" + json.dumps(["subscribe", channel]))
    return [(hello, b"0{"), (text_frame("40"), b"40{"), (subscribe, b'"subscribed"')]


@dataclass(slots=True)
class Reader:
    socket: socket.socket
    closely: bool
    rest: bytes = b""


@dataclass(slots=True)
class Heard:
    """What has arrived: how many changes and bytes, and the seconds that some of them took."""

    changes: int = 0
    size: int = 0
    seconds: list[float] = field(default_factory=list)


class Crowd:
    """Sockets of one server. `published_at` gives when a change of this number was published."""

    def __init__(self, port: int, published_at: Callable[[int], float]) -> None:
        self.heard = Heard()
        self._port = port
        # One for all: a new one for every read costs more than the reading.
        self._page = bytearray(CHUNK)
        self._published_at = published_at
        self._readers: dict[int, Reader] = {}
        self._poll = select.epoll()

    def __len__(self) -> int:
        return len(self._readers)

    def enter(self, everybody: Sequence[Sequence[Step]]) -> None:
        """Open a socket for each, and have it go through its steps: say something, and wait for the answer.

        Some of them go side by side, so that a server is not waited for by one at a time.
        """
        for first in range(0, len(everybody), WAVE):
            wave = everybody[first : first + WAVE]
            opened = [socket.create_connection(("127.0.0.1", self._port), PATIENCE) for _ in wave]
            for steps in zip(*wave, strict=True):
                for one, (said, _) in zip(opened, steps, strict=True):
                    one.sendall(said)
                for one, (_, answer) in zip(opened, steps, strict=True):
                    _await(one, answer)
            for one in opened:
                self._add(one)

    def _add(self, opened: socket.socket) -> None:
        opened.setblocking(False)
        self._readers[opened.fileno()] = Reader(opened, len(self._readers) % CLOSELY == 0)
        self._poll.register(opened.fileno(), select.EPOLLIN)

    def read(self, seconds: float) -> int:
        """Read what there is, waiting for the first of it; answers how many changes that were."""
        before = self.heard.changes
        for number, _ in self._poll.poll(seconds):
            self._take(self._readers[number])
        return self.heard.changes - before

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing comes for so many seconds, and forget it all."""
        until = time.monotonic() + quiet
        size = -1
        while time.monotonic() < until:
            self.read(quiet / 10)
            if self.heard.size != size:
                size, until = self.heard.size, time.monotonic() + quiet
        self.heard = Heard()

    def close(self) -> None:
        for reader in self._readers.values():
            reader.socket.close()
        self._readers.clear()
        self._poll.close()

    def _take(self, reader: Reader) -> None:
        try:
            size = reader.socket.recv_into(self._page)
        except BlockingIOError:
            return
        if not size:
            raise ConnectionError("the server has closed a socket")
        heard, page = self.heard, self._page
        heard.size += size
        if reader.closely:
            self._look(reader, bytes(memoryview(page)[:size]))
        else:
            begin = page[: min(size, len(MARK) - 1)]
            heard.changes += page.count(MARK, 0, size) + (reader.rest + begin).count(MARK)
            reader.rest = bytes(page[max(0, size + 1 - len(MARK)) : size])

    def _look(self, reader: Reader, data: bytes) -> None:
        """Find the numbers of the changes; one that is cut off at the end is found with what follows it."""
        now = time.monotonic()
        data = reader.rest + data
        end = 0
        for found in NUMBER.finditer(data):
            end = found.end()
            self.heard.changes += 1
            self.heard.seconds.append(now - self._published_at(int(found[1])))
        reader.rest = data[max(end, len(data) - LONGEST) :]


def _await(opened: socket.socket, answer: bytes) -> None:
    got = b""
    while answer not in got:
        more = opened.recv(CHUNK)
        if not more:
            raise ConnectionError(f"closed after {got[-200:]!r}")
        got += more
