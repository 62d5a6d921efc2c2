"""Each examination yields its findings; nothing here prints."""

import ssl
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Literal

import httpx

from llm_session_manager import machine, protocol
from llm_session_manager.collector import Collector
from llm_session_manager.config import Config, Home
from llm_session_manager.spool import tables
from llm_session_manager.transports import Failure, Transport
from llm_session_manager.transports.http import Dashboard, tls_context

CLOCK_LIMIT = 120.0
OpenTransport = Callable[[Config, Dashboard, protocol.Welcome], Awaitable[Transport | Failure]]
Grade = Literal["ok", "note", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; only `bad` ones make it fail."""

    grade: Grade
    text: str


def files(homes: tuple[Home, ...], collector: Collector) -> Iterator[Finding]:
    """What each home holds, and every file that could not be read wholly. Blocking."""
    collector.refresh()
    counts = Counter(session.tool for session in collector.sessions())
    for home in homes:
        if home.path.is_dir():
            yield Finding("ok", f"{home.tool}: {home.path}")
        else:
            yield Finding("note", f"{home.tool}: {home.path} does not exist")
    for tool in dict.fromkeys(home.tool for home in homes):
        yield Finding("ok" if counts[tool] else "note", f"{tool}: {counts[tool]} sessions")
    for problem in collector.problems():
        yield Finding("note", f"{problem.path}: {problem.reason}")


async def dashboard(config: Config, open_transport: OpenTransport) -> list[Finding]:
    """Whether dashboard and broker answer and take the token, and the clocks agree; sends no session."""
    async with Dashboard(config) as door:
        before = time.time()
        welcome = await door.hello(machine.hello(config.state_dir, config.policy))
        if isinstance(welcome, Failure):
            return [Finding("bad", f"{config.dashboard_url}: {welcome.reason}")]
        found = [Finding("ok", f"{config.dashboard_url} takes the token (agent {welcome.agent_id})")]
        found.append(await _clock(config, before))
        if config.broker_url is not None:
            transport = await open_transport(config, door, welcome)
            found.append(_opened(config.broker_url, transport))
            if not isinstance(transport, Failure):
                await transport.close()
    return found


def spool(config: Config) -> Iterator[Finding]:
    """What waits on disk. Blocking; changes nothing."""
    path = machine.spool_path(config)
    for broken in sorted(config.state_dir.glob("spool.corrupt-*")):
        if not broken.name.endswith(("-wal", "-shm")):
            yield Finding("note", f"a damaged spool was set aside: {broken}")
    if not path.exists():
        yield Finding("note", f"no spool yet ({path})")
        return
    state = tables.read_state(path)
    if isinstance(state, str):
        yield Finding("bad", f"spool {path}: {state}")
        return
    size = path.stat().st_size / 2**20
    yield Finding("ok", f"spool {path}: {state.waiting} entries wait, {size:.1f} MiB")
    yield Finding(
        "note", ", ".join(f"{name} {count}" for name, count in sorted(state.counters.items())) or "unused"
    )
    if state.oldest is not None:
        yield _age(state.oldest)


def running(folder: Path) -> Finding:
    """Whether an agent runs on this machine."""
    if not folder.is_dir():
        return Finding("note", "no agent has run on this machine yet")
    try:
        with machine.only_agent(folder):
            return Finding("note", "no agent is running")
    except machine.LockedError:
        return Finding("ok", "an agent is running")


def _opened(url: str, transport: Transport | Failure) -> Finding:
    if isinstance(transport, Failure):
        return Finding("bad", f"{url}: {transport.reason}")
    return Finding("ok", f"{url} takes the token")


def _age(oldest: float) -> Finding:
    hours = max(0.0, time.time() - oldest) / 3600
    grade: Grade = "bad" if hours >= 24 else "note"
    return Finding(grade, f"the oldest waits since {datetime.fromtimestamp(oldest, UTC):%Y-%m-%d %H:%M} UTC")


async def _clock(config: Config, before: float) -> Finding:
    try:
        async with httpx.AsyncClient(verify=tls_context(config), timeout=10) as client:
            answer = await client.get(f"{config.dashboard_url}/healthz")
            theirs = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (httpx.HTTPError, ssl.SSLError, KeyError, ValueError):
        return Finding("note", "the dashboard does not tell its time")
    ahead = (before + time.time()) / 2 - theirs
    if abs(ahead) > CLOCK_LIMIT:
        return Finding("bad", f"this machine's clock is {ahead:+.0f} s off the dashboard's")
    return Finding("ok", "the clocks agree")
