"""The sessions of this machine, as commands name them."""

from collections.abc import Callable, Mapping
from typing import ClassVar, TypeVar

from llm_session_manager import protocol
from llm_session_manager.commands.desk import Outcome
from llm_session_manager.loop import Loop
from llm_session_manager.protocol.commands import Command, session_id
from llm_session_manager.traces import Trace

T = TypeVar("T")


class Sessions:
    """Everything here waits for a scan in hand."""

    UNKNOWN: ClassVar[Outcome] = Outcome(
        done=False,
        code="unknown_session",
        detail="The agent of this machine knows no such session.",
    )

    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    async def key(self, welcome: protocol.Welcome, command: Command) -> str | None:
        """The key of the session that the server knows under this id."""

        def find(held: Mapping[str, Trace]) -> str | None:
            for key, one in held.items():
                found = session_id(welcome.team_id, welcome.user_id, one.tool, one.native_id)
                if str(found) == command.session_id:
                    return key
            return None

        return await self.ask(find)

    async def ask(self, question: Callable[[Mapping[str, Trace]], T]) -> T:
        """Look something up of all sessions."""
        return await self._loop.ask(lambda collector: question(collector.held()))

    async def closed(self, key: str) -> None:
        """Report that a session was closed."""
        await self._loop.tell(lambda collector: collector.closed(key))

    async def renew(self, key: str) -> None:
        """Read and report a session, changed or not."""
        await self._loop.tell(lambda collector: collector.renew(key))

    async def export(self, key: str) -> tuple[protocol.Session, list[protocol.Event]] | None:
        """A session with its whole timeline, as it may leave."""
        return await self._loop.aside(lambda collector: collector.export(key))
