"""Where a subscription stands in its fan-out channels, as one word that clients hand back unread."""

import base64
import binascii
from collections.abc import Sequence

from services.runtime.fanout import Position

_SEPARATOR = " "


def write_cursor(positions: Sequence[Position]) -> str:
    """Encode the positions, one a source, in the sources' order."""
    plain = _SEPARATOR.join(str(position) for position in positions)
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read_cursor(text: str, count: int) -> tuple[Position, ...] | None:
    """Read what `write_cursor` wrote for `count` sources; `None` for anything else."""
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        plain = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error):
        return None
    found = [Position.parse(part) for part in plain.split(_SEPARATOR)]
    positions = tuple(position for position in found if position is not None)
    return positions if len(positions) == len(found) == count else None
