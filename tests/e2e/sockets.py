"""Raw WebSocket clients, as scenarios use them."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.shapes.shape import Shape


@contextmanager
def socket(
    shape: Shape, query: str = "", token: str | None = None, *, path: str = "/ws/sessions"
) -> Iterator[ClientConnection]:
    with connect(f"{shape.ws_url}{path}{query}", proxy=None) as opened:
        if token:
            opened.send(json.dumps({"type": "auth", "token": token}))
        yield opened


def close_code(opened: ClientConnection) -> int:
    """What the server closes the socket with, whatever it says before. Raises TimeoutError if it does not."""
    with pytest.raises(ConnectionClosed) as closed:
        deque(iter(lambda: opened.recv(timeout=30), None), maxlen=0)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def ask(opened: ClientConnection, channel: str) -> dict[str, Any]:
    """Subscribe; give the first frame about it."""
    opened.send(json.dumps({"type": "subscribe", "channel": channel}))
    while True:
        frame: dict[str, Any] = json.loads(opened.recv(timeout=30))
        if frame["type"] in {"subscribed", "error"}:
            return frame


def frames(opened: ClientConnection, *, seconds: float = 10) -> Iterator[dict[str, Any]]:
    """Every frame as it comes, those of a batch one by one. Raises TimeoutError when none comes."""
    while True:
        frame = json.loads(opened.recv(timeout=seconds))
        yield from frame["frames"] if frame["type"] == "batch" else [frame]


def next_update(opened: ClientConnection) -> dict[str, Any]:
    """The data of the next session_update."""
    data: dict[str, Any] = next(
        frame["data"] for frame in frames(opened) if frame["type"] == "session_update"
    )
    return data
