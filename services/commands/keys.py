"""`key`: the key that access tokens are signed with, changed without anybody noticing, or at once."""

import sys

from services.auth.keyring import KeyChange
from services.contracts.sessions import instant_text
from services.runtime.clock import SystemClock
from services.runtime.db import open_database
from services.runtime.settings import Settings


async def run(settings: Settings, action: str, number: int | None) -> int:
    """Do what `action` says: list, rotate or revoke; answers 1 when there is no such key."""
    database = open_database(settings.database, settings)
    change = KeyChange(database, SystemClock(), settings)
    try:
        match action:
            case "rotate":
                print(await _rotate(change))
                return 0
            case "revoke":
                return await _revoke(change, number)
            case _:
                for key in await change.seen():
                    print(f"key {key.number}  since {instant_text(key.since)}  {key.state}")
                return 0
    finally:
        await database.close()


async def _rotate(change: KeyChange) -> str:
    made = await change.rotate()
    since = instant_text(made.signs_from)
    return f"Key {made.number} is published now and signs from {since}. Nobody has to sign in again."


async def _revoke(change: KeyChange, number: int | None) -> int:
    ended = await change.revoke(number)
    if ended is None:
        print("There is no such key, or it is revoked already.", file=sys.stderr)
        return 1
    print(f"Key {ended} is revoked; what it signed is refused within a minute.")
    print("Open pages fetch another token by themselves. Nobody has to sign in again.")
    return 0
