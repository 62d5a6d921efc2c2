"""Takes commands, has them done once, and tells the server what became of each."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from pydantic import ValidationError

from llm_session_manager import protocol
from llm_session_manager.commands.policy import Policy
from llm_session_manager.commands.trust import objection
from llm_session_manager.config import Limits
from llm_session_manager.pauses import pause
from llm_session_manager.protocol.commands import Command, CommandAnswer, CommandResult, SessionExport
from llm_session_manager.spool.commands import CommandBook
from llm_session_manager.spool.faults import SpoolBrokenError, SpoolUnavailableError
from llm_session_manager.transports import Failure

log = logging.getLogger(__name__)

INTERRUPTED = CommandResult(
    code="interrupted", detail="The agent was ended in the middle of it; it is not known how far it came."
)
Failpoint = Callable[[str], Awaitable[None]]


async def no_failpoint(_name: str) -> None:
    """Stand where a test may make the agent fail."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command."""

    done: bool
    code: str
    detail: str
    export: SessionExport | None = None


Effect = Callable[[protocol.Welcome, Command], Awaitable[Outcome]]


class Answers(Protocol):
    """Where answers go; always over HTTPS, whatever carries the commands."""

    async def answer(self, command_id: str, body: bytes) -> Failure | None:
        """Give one answer; a failure that is `unfit` stands for ever."""


class Desk:
    """One for an agent's whole life. Commands may come by any way, any number of times, also after a kill.

    A command is on disk before it is begun. One that was begun and whose end is not known is never done
    again: its answer is that it was interrupted.
    """

    def __init__(
        self,
        book: CommandBook,
        answers: Answers,
        effects: Mapping[protocol.CommandKind, Effect],
        policy: Policy,
        limits: Limits,
        failpoint: Failpoint = no_failpoint,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._book, self._answers, self._effects = book, answers, effects
        self._policy, self._limits, self._failpoint, self._now = policy, limits, failpoint, now
        self._claim = book.claim()
        self._welcome: protocol.Welcome | None = None
        self._key = ""
        self._in_hand: set[str] = set()
        self._doing: set[asyncio.Task[None]] = set()
        self._untold = asyncio.Event()
        self._broken: asyncio.Future[None] | None = None

    async def introduce(self, welcome: protocol.Welcome) -> None:
        """Take commands as the machine that the server knows. The first key it showed is the only one."""
        self._key = await asyncio.to_thread(self._book.pin, welcome.command_key)
        if self._key != welcome.command_key and self._welcome is None:
            log.error(
                "The dashboard shows another key for commands than before: they are refused. If it was set up"
                " anew, make a new token there for this machine."
            )
        self._welcome = welcome

    async def hear(self, raw: bytes) -> None:
        """Take a command in; returns when it is begun or refused, so that it need not be delivered again."""
        welcome = self._welcome
        command = _read(raw)
        if command is None or welcome is None or command.id in self._in_hand:
            return
        self._in_hand.add(command.id)
        # A lost connection cancels whoever brought it; what is begun must not be left without an end.
        await asyncio.shield(self._start(self._accept(welcome, command)))

    async def run(self) -> None:
        """Tell the server what became of commands, for ever; raises SpoolBrokenError."""
        self._broken = asyncio.get_running_loop().create_future()
        telling = asyncio.create_task(self._tell_all())
        try:
            await asyncio.wait([telling, self._broken], return_when=asyncio.FIRST_COMPLETED)
            for one in (telling, self._broken):
                if one.done():
                    one.result()
        finally:
            for task in (telling, *self._doing):
                task.cancel()
            await asyncio.gather(telling, *self._doing, return_exceptions=True)
            self._broken.cancel()

    def _start(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)
        return task

    async def _accept(self, welcome: protocol.Welcome, command: Command) -> None:
        try:
            await self._take(welcome, command)
        except (SpoolBrokenError, SpoolUnavailableError) as error:
            self._fail(error)
        finally:
            self._in_hand.discard(command.id)

    async def _take(self, welcome: protocol.Welcome, command: Command) -> None:
        wrong = objection(
            command, key=self._key, agent_id=welcome.agent_id, policy=self._policy, now=self._now()
        )
        if wrong is not None:
            log.warning("A command to %s was refused: %s", command.kind, wrong.detail)
            await self._refuse(welcome, command, CommandResult(code=wrong.code, detail=wrong.detail))
        elif await asyncio.to_thread(self._book.find, command.id) is not None:
            log.info("A command to %s came again; it is not done twice.", command.kind)
            self._untold.set()
        elif await self._may_begin(welcome, command) and await asyncio.to_thread(
            self._book.begin, command.id
        ):
            self._start(self._do(welcome, command))

    async def _refuse(self, welcome: protocol.Welcome, command: Command, result: CommandResult) -> None:
        answer = CommandAnswer(status="failed", agent_id=welcome.agent_id, result=result)
        failure = await self._answers.answer(command.id, _encoded(answer))
        if failure is not None:
            log.info("The dashboard did not take the refusal: %s", failure.reason)

    async def _may_begin(self, welcome: protocol.Welcome, command: Command) -> bool:
        """Ask whether the command still holds, as long as it may be asked."""
        answer = CommandAnswer(status="started", agent_id=welcome.agent_id, claim=self._claim)
        attempt = 0
        while command.expires_at > self._now():
            failure = await self._answers.answer(command.id, _encoded(answer))
            if failure is None:
                return True
            if failure.unfit or failure.refused:
                log.warning("A command to %s is not done: %s", command.kind, failure.reason)
                return False
            await asyncio.sleep(pause(failure, attempt, self._limits))
            attempt += 1
        return False

    async def _do(self, welcome: protocol.Welcome, command: Command) -> None:
        try:
            await self._failpoint("command.before_effect")
            outcome = await self._effect(welcome, command)
            result = CommandResult(code=outcome.code, detail=outcome.detail, export=outcome.export)
            answer = CommandAnswer(
                status="done" if outcome.done else "failed",
                agent_id=welcome.agent_id,
                claim=self._claim,
                result=result,
            )
            log.info("Asked to %s a session: %s", command.kind, outcome.detail)
            await asyncio.to_thread(self._book.finish, command.id, _encoded(answer))
        except (SpoolBrokenError, SpoolUnavailableError) as error:
            self._fail(error)
        self._untold.set()

    async def _effect(self, welcome: protocol.Welcome, command: Command) -> Outcome:
        try:
            return await self._effects[command.kind](welcome, command)
        except (SpoolBrokenError, SpoolUnavailableError):
            raise
        except Exception:
            log.exception("A command to %s failed.", command.kind)
            return Outcome(done=False, code="error", detail="It failed; the agent's log says why.")

    def _fail(self, error: Exception) -> None:
        if self._broken is not None and not self._broken.done() and isinstance(error, SpoolBrokenError):
            self._broken.set_exception(error)
        else:
            log.warning("Nothing can be written down of a command now (%s).", error)

    async def _tell_all(self) -> None:
        await asyncio.to_thread(self._end_interrupted)
        attempt = 0
        while True:
            self._untold.clear()
            failure = await self._tell()
            if failure is None:
                attempt = 0
                await self._untold.wait()
            else:
                await asyncio.sleep(pause(failure, attempt, self._limits))
                attempt += 1

    def _end_interrupted(self) -> None:
        for one in self._book.unfinished():
            answer = CommandAnswer(status="failed", claim=self._claim, result=INTERRUPTED)
            self._book.finish(one.id, _encoded(answer))

    async def _tell(self) -> Failure | None:
        try:
            for one in await asyncio.to_thread(self._book.untold):
                failure = await self._answers.answer(one.id, one.answer or b"")
                if failure is not None and not failure.unfit:
                    return failure
                await asyncio.to_thread(self._book.told, one.id)
        except SpoolUnavailableError as error:
            return Failure(f"the spool cannot be used now ({error})", answered=True)
        return None


def _read(raw: bytes) -> Command | None:
    try:
        return Command.model_validate_json(raw)
    except ValidationError as error:
        log.warning("Something came that is no command (%d faults); it is ignored.", error.error_count())
        return None


def _encoded(answer: CommandAnswer) -> bytes:
    return answer.model_dump_json(exclude_defaults=True).encode()
