"""Tells which session files change, as they change."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

STEP_MS = 50
POLL_MS = 1000


async def changes(
    folders: Sequence[Path], stop: asyncio.Event, *, debounce_ms: int
) -> AsyncIterator[set[Path]]:
    """Sets of files that changed in these folders, until `stop` is set.

    Where the system cannot watch so many folders they are polled every second instead. Changes may be missed
    (network drives, folders made later): a full scan now and then has to find those.
    """
    # Only an agent that stays watches.
    import watchfiles  # noqa: PLC0415

    for polling in (False, True):
        try:
            async for batch in watchfiles.awatch(
                *folders,
                watch_filter=None,
                debounce=debounce_ms,
                step=STEP_MS,
                stop_event=stop,
                recursive=True,
                force_polling=polling or None,
                poll_delay_ms=POLL_MS,
                ignore_permission_denied=True,
            ):
                yield {Path(path) for _, path in batch}
        except OSError as error:
            if polling:
                raise
            log.warning("The system cannot watch these folders (%s); they are looked at every second.", error)
        else:
            return
