"""`dlq`: see why messages died, send them once more, or drop them."""

from collections.abc import Sequence

import orjson

from services.contracts.topology import QUEUES
from services.runtime.bus import Bus, DeadLetter
from services.runtime.bus.open import open_bus
from services.runtime.clock import SystemClock
from services.runtime.db import open_database
from services.runtime.settings import Settings

MOST = 1000


async def run(settings: Settings, action: str, queue: str, ids: Sequence[str]) -> int:
    clock = SystemClock()
    database = open_database(settings.database, settings)
    bus = open_bus(settings.bus_url, settings, database, clock, topology=QUEUES)
    await bus.start()
    try:
        return await _act(bus, action, queue, ids)
    finally:
        await bus.stop()
        await database.close()


async def _act(bus: Bus, action: str, queue: str, ids: Sequence[str]) -> int:
    letters = await bus.dead_letters(queue, MOST)
    chosen = [letter for letter in letters if not ids or letter.id in ids]
    if action == "list":
        for letter in chosen:
            print(_line(letter))
        print(f"{len(chosen)} dead letters in {queue}")
    elif action == "show":
        for letter in chosen:
            print(_line(letter))
            print(letter.body.decode(errors="replace"))
            print(orjson.dumps(dict(letter.headers)).decode())
    elif action == "replay":
        print(f"{await bus.replay(queue, [letter.id for letter in chosen])} sent once more")
    else:
        print(f"{await bus.purge(queue, list(ids) or None)} dropped")
    return 0


def _line(letter: DeadLetter) -> str:
    return f"{letter.id}  {letter.died_at:%Y-%m-%dT%H:%M:%SZ}  {letter.code}  {letter.detail}"
