"""Reads a session anew and reports it."""

import asyncio
import time
from collections.abc import Callable

from llm_session_manager import protocol
from llm_session_manager.commands.desk import Outcome
from llm_session_manager.commands.sessions import Sessions
from llm_session_manager.config import Limits
from llm_session_manager.protocol.commands import Command

REPORTED = Outcome(done=True, code="reported", detail="The session was read anew and reported.")
READ = Outcome(
    done=True, code="read", detail="The session was read anew; its report waits on the machine to be sent."
)


class Refreshing:
    """`is_waiting` tells whether a session's report is still on this machine."""

    def __init__(self, sessions: Sessions, is_waiting: Callable[[str], bool], limits: Limits) -> None:
        self._sessions, self._is_waiting, self._limits = sessions, is_waiting, limits

    async def __call__(self, welcome: protocol.Welcome, command: Command) -> Outcome:
        key = await self._sessions.key(welcome, command)
        if key is None:
            return Sessions.UNKNOWN
        await self._sessions.renew(key)
        end = time.monotonic() + self._limits.refresh_patience
        while await asyncio.to_thread(self._is_waiting, key):
            if time.monotonic() > end:
                return READ
            await asyncio.sleep(self._limits.refresh_check)
        return REPORTED
