"""The agent of this machine as a child process."""

import asyncio
import os
import sys
from pathlib import Path

import structlog

from services.runtime.host.tls import AUTHORITY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
STOP_SECONDS = 5.0


class LocalAgent:
    """Runs while the server does. Its token is kept in DATA_DIR, readable by its owner alone."""

    def __init__(self, settings: Settings) -> None:
        scheme = "https" if settings.has_tls else "http"
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._url = f"{scheme}://{host}:{settings.port}"
        self._authority = settings.data_dir / "tls" / AUTHORITY if settings.tls == "self" else None
        self._changing = asyncio.Lock()
        self._token = settings.data_dir / "agent.token"
        self._log = settings.data_dir / "agent.log"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def connect(self, token: str) -> None:
        """Keep the token and start, or start again with the new token."""
        async with self._changing:
            await self.stop()
            self._keep(token)
            await self._start()

    async def resume(self) -> None:
        """Start if it was connected before."""
        if self._token.exists():
            await self._start()

    async def forget(self) -> None:
        async with self._changing:
            await self.stop()
            self._token.unlink(missing_ok=True)

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _keep(self, token: str) -> None:
        self._token.parent.mkdir(parents=True, exist_ok=True)
        self._token.unlink(missing_ok=True)
        descriptor = os.open(self._token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token)

    async def _start(self) -> None:
        command = [
            sys.executable, "-m", "llm_session_manager.cli", "agent",
            "--dashboard-url", self._url, "--token-file", str(self._token),
        ]  # fmt: skip
        if self._authority is not None:
            command += ["--ca-file", str(self._authority)]
        output = await asyncio.to_thread(_open, self._log)
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
            )
        finally:
            os.close(output)
        log.info("agent started", pid=self._process.pid)


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
