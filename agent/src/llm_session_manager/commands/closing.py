"""Ends the process of a session, and no other."""

import asyncio
import logging

import psutil

from llm_session_manager import protocol
from llm_session_manager.commands.desk import Outcome
from llm_session_manager.commands.grip import GoneError, Grip, RecycledError
from llm_session_manager.commands.sessions import Sessions
from llm_session_manager.config import Limits
from llm_session_manager.processes.matching import Process
from llm_session_manager.processes.witness import Holder, ProcessWitness
from llm_session_manager.protocol.commands import Command

log = logging.getLogger(__name__)

NO_PROCESS = Outcome(done=False, code="no_process", detail="No process of this session runs on this machine.")
RECYCLED = (
    "The process of this session has ended. Its number, {}, is another process's now; that was left alone."
)
SHARED = "Its process works on other sessions, too, so it was left alone."
UNSURE = "Several sessions or processes are in one folder; which is whose is not certain, so none was ended."
FORBIDDEN = "The system does not let the agent end this process."
FORCED = "The session did not close when it was asked to, and was ended."
STUBBORN = "The process did not end, though it was forced to."


class Closing:
    """SIGTERM, and SIGKILL after a grace, to the process that this machine itself finds to be right."""

    def __init__(self, sessions: Sessions, witness: ProcessWitness, limits: Limits) -> None:
        self._sessions, self._witness, self._limits = sessions, witness, limits

    async def __call__(self, welcome: protocol.Welcome, command: Command) -> Outcome:
        key = await self._sessions.key(welcome, command)
        if key is None:
            return Sessions.UNKNOWN
        try:
            holder = await self._sessions.ask(lambda held: self._witness.holder(held, key))
        except (psutil.Error, OSError) as error:
            log.warning("Processes cannot be listed (%s).", error)
            return Outcome(done=False, code="unseen", detail="This machine does not let processes be listed.")
        process = _process(holder)
        if isinstance(process, Outcome):
            return process
        outcome = await asyncio.to_thread(self._end, process)
        if outcome.done:
            await self._sessions.closed(key)
        return outcome

    def _end(self, process: Process) -> Outcome:
        try:
            with Grip(process) as grip:
                return self._end_held(grip)
        except GoneError:
            return NO_PROCESS
        except RecycledError:
            return _recycled(process.pid)
        except (PermissionError, psutil.AccessDenied):
            return Outcome(done=False, code="forbidden", detail=FORBIDDEN)

    def _end_held(self, grip: Grip) -> Outcome:
        grip.ask_to_end()
        if grip.ends_within(self._limits.close_grace):
            return Outcome(done=True, code="closed", detail="The session was closed.")
        grip.force_to_end()
        if grip.ends_within(self._limits.close_after_kill):
            return Outcome(
                done=True, code="killed", detail="The session did not close when asked, and was ended."
            )
        return Outcome(done=False, code="stubborn", detail=STUBBORN)


def _process(holder: Holder) -> Process | Outcome:
    """The process to end, or why there is none."""
    if holder.link is None:
        return NO_PROCESS if holder.other is None else _recycled(holder.other)
    if holder.shared:
        return Outcome(done=False, code="shared_process", detail=SHARED)
    if not holder.link.sure:
        return Outcome(done=False, code="not_certain", detail=UNSURE)
    return holder.link.match.process


def _recycled(pid: int) -> Outcome:
    return Outcome(done=False, code="recycled_pid", detail=RECYCLED.format(pid))
