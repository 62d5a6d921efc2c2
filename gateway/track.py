"""One fan-out channel, followed without gaps."""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence

import structlog

from services.runtime.clock import Clock
from services.runtime.fanout import Entry, Fanout, Position
from services.runtime.tasks import end

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 1.0
HELD_ENTRIES = 10_000


class Track:
    """Hands on each entry once and in order, from the position where it began.

    A hole in the offsets, or another epoch, is read again from the fan-out's history when all of it is there.
    Else `on_lost` is called, once, and the track goes on from the channel's top: never a part of what was
    missed. Both callbacks are plain functions and may not raise.
    """

    def __init__(
        self,
        fanout: Fanout,
        channel: str,
        clock: Clock,
        on_entry: Callable[[Entry], None],
        on_lost: Callable[[], None],
    ) -> None:
        self.channel = channel
        self._fanout = fanout
        self._clock = clock
        self._on_entry = on_entry
        self._on_lost = on_lost
        self._position: Position | None = None
        self._held: deque[Entry] = deque(maxlen=HELD_ENTRIES)
        self._recovery: asyncio.Task[None] | None = None

    @property
    def position(self) -> Position:
        """Up to where everything was handed on. Not before `begin`."""
        assert self._position is not None
        return self._position

    def begin(self, position: Position) -> None:
        """What comes after this position is to be handed on; what was taken before this call is not lost."""
        self._position = position
        held, self._held = self._held, deque(maxlen=HELD_ENTRIES)
        for entry in held:
            self.take(entry)

    def take(self, entry: Entry) -> None:
        if self._position is None or self._is_recovering():
            self._held.append(entry)
        elif not self._step(entry):
            self._held.append(entry)
            self._recover()

    def compare(self, top: Position) -> None:
        """Notice, by the channel's newest position, what never arrived."""
        if self._position is None or self._is_recovering():
            return
        if top.epoch != self._position.epoch or top.offset > self._position.offset:
            self._recover()

    async def caught_up(self) -> None:
        """Wait until nothing is missing that is known to be."""
        while self._is_recovering():
            assert self._recovery is not None
            await asyncio.shield(self._recovery)

    async def stop(self) -> None:
        await end(self._recovery)

    def _is_recovering(self) -> bool:
        return self._recovery is not None and not self._recovery.done()

    def _step(self, entry: Entry) -> bool:
        """Hand on what is next, leave out what is known; `False` for what does not follow."""
        at, here = entry.position, self.position
        if at.epoch != here.epoch or at.offset > here.offset + 1:
            return False
        if at.offset == here.offset + 1:
            self._position = at
            self._on_entry(entry)
        return True

    def _recover(self) -> None:
        self._recovery = asyncio.create_task(self._run_recovery())

    async def _run_recovery(self) -> None:
        while not await self._try_recovery():
            await self._clock.sleep(random.uniform(PAUSE_SECONDS / 10, PAUSE_SECONDS))

    async def _try_recovery(self) -> bool:
        try:
            missed = await self._fanout.since(self.channel, self.position)
            if missed is not None:
                return self._replay(missed)
            (top,) = await self._fanout.tops([self.channel])
        except OSError as error:
            log.warning("fan-out history not read", channel=self.channel, error=type(error).__name__)
            return False
        self._position = top
        self._on_lost()
        return self._replay(())

    def _replay(self, missed: Sequence[Entry]) -> bool:
        """Hand on what was missed, then what came meanwhile; `False` when there is a hole again."""
        if not all(self._step(entry) for entry in missed):
            return False
        while self._held:
            # Entries of an epoch that has ended can only be older than the position taken anew.
            if not self._step(self._held[0]) and self._held[0].position.epoch == self.position.epoch:
                return False
            self._held.popleft()
        return True
