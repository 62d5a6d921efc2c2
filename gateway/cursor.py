"""Where a subscription stands in its fan-out channels, as one word that clients hand back unread.

It is made of one part a source. One that lacks a part is no cursor: whoever shows it starts afresh.
"""

import base64
import binascii

from services.runtime.fanout import Position

BETWEEN = b"."


def write_part(position: Position) -> bytes:
    return base64.urlsafe_b64encode(str(position).encode()).rstrip(b"=")


def join_parts(parts: list[bytes]) -> bytes:
    """Make a cursor of its parts, one a source, in the sources' order."""
    return BETWEEN.join(parts)


def read_cursor(text: str, count: int) -> tuple[Position, ...] | None:
    """Read what was written for `count` sources; `None` for anything else."""
    try:
        found = [_read(part) for part in text.encode("ascii").split(BETWEEN)]
    except (ValueError, binascii.Error):
        return None
    positions = tuple(position for position in found if position is not None)
    return positions if len(positions) == len(found) == count else None


def _read(part: bytes) -> Position | None:
    padded = part + b"=" * (-len(part) % 4)
    return Position.parse(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
