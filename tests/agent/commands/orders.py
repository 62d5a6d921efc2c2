"""Commands as a dashboard signs them, and a server that takes their answers."""

import asyncio
import base64
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from llm_session_manager import protocol
from llm_session_manager.commands.desk import Desk, Effect, Failpoint, Outcome, no_failpoint
from llm_session_manager.commands.policy import Policy
from llm_session_manager.protocol.commands import Command, CommandAnswer, signed_text
from llm_session_manager.spool import tables
from llm_session_manager.spool.store import Spool
from llm_session_manager.transports import Failure
from tests.agent.rig import QUICK
from tests.agent.transports.doors import WELCOME
from tests.support.waiting import eventually

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
UNSIGNED = "A" * 86


def text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Signer:
    """The dashboard's key for commands."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = text_of(self._key.public_key().public_bytes_raw())

    def order(self, **changes: object) -> Command:
        """A good command, but for the changes; these are signed, too."""
        usual: dict[str, object] = {
            "id": str(uuid.uuid4()), "agent_id": WELCOME.agent_id, "kind": "refresh", "session_id": "s",
            "expires_at": NOW + timedelta(minutes=10), "signature": UNSIGNED,
        }  # fmt: skip
        plain = Command.model_validate(usual | changes)
        return plain.model_copy(update={"signature": text_of(self._key.sign(signed_text(plain)))})


@dataclass
class Server:
    """Takes answers as the dashboard does: the first end of a command stands. `faults` are given first."""

    answers: list[tuple[str, CommandAnswer]] = field(default_factory=list)
    faults: deque[Failure] = field(default_factory=deque)

    async def answer(self, command_id: str, body: bytes) -> Failure | None:
        await asyncio.sleep(0)
        if self.faults:
            return self.faults.popleft()
        self.answers.append((command_id, CommandAnswer.model_validate_json(body)))
        return None

    def said(self, command: Command) -> list[tuple[str, str]]:
        """What was said of a command: status and code."""
        return [
            (one.status, one.result.code if one.result else "")
            for command_id, one in self.answers
            if command_id == command.id
        ]

    def has_ended(self, command: Command) -> bool:
        return any(status in {"done", "failed"} for status, _ in self.said(command))


class Works:
    """An effect that counts how often it was had; `gate` keeps it waiting, `fault` is raised by it."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fault: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, _welcome: protocol.Welcome, command: Command) -> Outcome:
        if self.fault is not None:
            raise self.fault
        self.done.append(command.id)
        await self.gate.wait()
        return Outcome(done=True, code="reported", detail="It was reported.")


class Agent:
    """A desk on a spool that outlives it: `start` and `kill` as often as wanted."""

    def __init__(self, path: Path, signer: Signer, policy: Policy | None = None) -> None:
        self.path, self.signer, self.policy = path, signer, policy or Policy()
        self.server, self.works = Server(), Works()
        self.failpoint: Failpoint = no_failpoint
        self.welcome = WELCOME.model_copy(update={"command_key": signer.public})
        self.spool: Spool | None = None
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> Desk:
        self.spool = Spool(tables.open_file(self.path))
        effects: dict[protocol.CommandKind, Effect] = dict.fromkeys(
            ("refresh", "export", "close"), self.works
        )
        desk = Desk(
            self.spool.commands, self.server, effects, self.policy, QUICK, self.failpoint, now=lambda: NOW
        )
        await desk.introduce(self.welcome)
        self.task = asyncio.create_task(desk.run())
        return desk

    async def kill(self) -> None:
        """End at once, whatever is under way."""
        assert self.task is not None
        assert self.spool is not None
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        self.spool.close()

    async def ends(self, command: Command) -> None:
        await eventually(lambda: self.server.has_ended(command))


def raw(command: Command) -> bytes:
    return command.model_dump_json().encode()
