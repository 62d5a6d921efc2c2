"""A JSON file of any size, written while it is read."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import StreamingResponse

BLOCK_BYTES = 64 * 1024


def json_download(name: str, content: Mapping[str, Any]) -> StreamingResponse:
    """Answer with a file for saving. See `json_pieces`; an error in between cuts the answer short."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(json_pieces(content)), headers=headers, media_type="application/json")


async def json_pieces(value: Any) -> AsyncIterator[bytes]:
    """The JSON text of a value. An asynchronous iterator anywhere in it is a list, read as it is written.

    Instants are written in UTC with `Z`.
    """
    if isinstance(value, AsyncIterator):
        separator = b"["
        async for one in value:
            yield separator
            async for piece in json_pieces(one):
                yield piece
            separator = b","
        yield b"[]" if separator == b"[" else b"]"
    elif isinstance(value, Mapping) and any(_is_lazy(one) for one in value.values()):
        separator = b"{"
        for name, one in value.items():
            yield separator + orjson.dumps(name) + b":"
            async for piece in json_pieces(one):
                yield piece
            separator = b","
        yield b"}"
    else:
        yield orjson.dumps(value, default=_plain, option=orjson.OPT_UTC_Z)


def _plain(value: Any) -> str:
    if isinstance(value, UUID):  # PostgreSQL's driver has a kind of its own
        return str(value)
    raise TypeError(type(value).__name__)


def _is_lazy(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_lazy(one) for one in value.values())
    return isinstance(value, AsyncIterator)


async def _blocks(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held = bytearray()
    async for piece in pieces:
        held += piece
        if len(held) >= BLOCK_BYTES:
            yield bytes(held)
            held.clear()
    yield bytes(held)
