"""A machine with sessions of Claude Code and processes that look like it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from llm_session_manager import composition, protocol
from llm_session_manager.commands.closing import Closing
from llm_session_manager.commands.exporting import Exporting
from llm_session_manager.commands.refreshing import Refreshing
from llm_session_manager.commands.sessions import Sessions
from llm_session_manager.config import Home, Limits
from llm_session_manager.loop import Loop
from llm_session_manager.processes.witness import ProcessWitness
from llm_session_manager.protocol.commands import Command, session_id
from llm_session_manager.spool import tables
from llm_session_manager.spool.store import Spool
from tests.agent.commands.orders import Signer
from tests.agent.rig import QUICK
from tests.agent.transports.doors import WELCOME, config
from tests.e2e.transcripts import ClaudeSession

LIMITS = replace(QUICK, close_grace=10.0, refresh_patience=0.2, refresh_check=0.01)
SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
STAYS = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"
SIGNER = Signer()


@contextmanager
def tool(
    folder: Path, *arguments: str, program: str = SLEEPS, cwd: Path | None = None, name: str = "claude"
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that looks like Claude Code, or another tool of this name, once it runs."""
    script = folder / "bin" / name
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(f"{program}\n")
    command = [sys.executable, str(script), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=cwd) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        try:
            yield process
        finally:
            process.kill()


class Machine:
    """What an agent has of it: `closing`, `exporting` and `refreshing` as the dashboard asks for them."""

    def __init__(
        self,
        folder: Path,
        *,
        usual: bool = False,
        tier: protocol.Tier = "metadata",
        limits: Limits = LIMITS,
    ) -> None:
        self.home, self.codex = folder / "claude", folder / "codex"
        self.home.mkdir()
        homes = (Home("claude-code", self.home, usual), Home("codex", self.codex, usual))
        self.witness = ProcessWitness(homes)
        self.spool = Spool(tables.open_memory())
        self.collector = composition.collector(homes, tier, self.spool, limits, self.witness)
        self.loop = Loop(config("http://localhost", limits=limits), self.collector)
        sessions = Sessions(self.loop)
        self.closing = Closing(sessions, self.witness, limits)
        self.exporting = Exporting(sessions, tier)
        self.refreshing = Refreshing(sessions, self.spool.is_waiting, limits)

    def session(self, directory: str = "/src/shop") -> ClaudeSession:
        """A session in the middle of a turn."""
        made = ClaudeSession(self.home, directory)
        made.prompt("Where is the secret garden?")
        made.answer(tool="Bash")
        return made

    def order(
        self, native_id: str, kind: str, tool: protocol.Tool = "claude-code"
    ) -> tuple[protocol.Welcome, Command]:
        named = str(session_id(WELCOME.team_id, WELCOME.user_id, tool, native_id))
        return WELCOME, SIGNER.order(kind=kind, session_id=named)

    def told(self) -> dict[str, tuple[str, str | None]]:
        """Status and reason of each session, as reported last; all of it counts as sent."""
        out = self.spool.outgoing("metadata")
        self.spool.settle(confirmed=out)
        reports = [protocol.Report.model_validate_json(one.body).session for one in out]
        return {one.native_id: (one.status, one.status_reason) for one in reports}
