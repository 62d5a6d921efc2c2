"""`user` and `audit`: help somebody who is locked out, and see that nobody changed the audit log."""

import sys

from services.auth import tables
from services.auth.audit import AuditLog, verify
from services.auth.hashing import Hashing
from services.auth.recovery import Recovery
from services.runtime.bus.open import open_bus
from services.runtime.clock import SystemClock
from services.runtime.db import Database, open_database
from services.runtime.fanout.open import open_fanout
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.settings import MEMORY, Settings


async def reset(settings: Settings, email: str) -> int:
    """Print a new password for an account; answers 1 when there is no such account."""
    database = open_database(settings.database, settings)
    hashing = Hashing(settings)
    try:
        password = await _recovery(database, hashing, settings).reset(email)
    finally:
        await hashing.stop()
        await database.close()
    if password is None:
        print("There is no account with this e-mail address.", file=sys.stderr)
        return 1
    print(f"New password: {password}")
    print("All sign-ins of the account have ended. Change the password after signing in.")
    return 0


async def verify_audit(settings: Settings) -> int:
    """Print what is wrong with any team's audit log; answers 1 when anything is."""
    database, entries, broken = open_database(settings.database, settings), 0, 0
    try:
        async for chain, fault in verify(database):
            entries += chain.last_n - chain.first_n
            if fault is not None:
                broken += 1
                print(f"team {chain.team_id}: {fault}")
    finally:
        await database.close()
    print(f"{entries} entries, {broken} broken logs")
    return 1 if broken else 0


def _recovery(database: Database, hashing: Hashing, settings: Settings) -> Recovery:
    # What is told waits in the table for a running server's outbox, so this one needs no way out.
    clock, metrics = SystemClock(), Metrics()
    bus = open_bus(MEMORY, settings, database, clock, metrics)
    fanout = open_fanout(MEMORY, settings, clock, metrics)
    outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
    return Recovery(database, hashing, outbox, AuditLog(clock), clock)
