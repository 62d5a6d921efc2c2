"""Puts an agent together: the only module that knows all of its parts."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from llm_session_manager import machine, protocol
from llm_session_manager.collector import Collector
from llm_session_manager.commands.closing import Closing
from llm_session_manager.commands.desk import Desk, Effect, Failpoint, no_failpoint
from llm_session_manager.commands.exporting import Exporting
from llm_session_manager.commands.polling import Polling
from llm_session_manager.commands.refreshing import Refreshing
from llm_session_manager.commands.sessions import Sessions
from llm_session_manager.config import Config, Home, Limits
from llm_session_manager.loop import Loop
from llm_session_manager.processes.witness import ProcessWitness
from llm_session_manager.redact import Redaction
from llm_session_manager.sender import OpenTransport, Sender
from llm_session_manager.sources import Cursor, Source
from llm_session_manager.sources.claude_code import ClaudeCode
from llm_session_manager.sources.codex import Codex
from llm_session_manager.spool import tables
from llm_session_manager.spool.store import Spool
from llm_session_manager.transports import Failure, Transport

if TYPE_CHECKING:
    from llm_session_manager.transports.amqp import Hear
    from llm_session_manager.transports.http import Dashboard


def open_sources(
    homes: Sequence[Home], cursors: Mapping[Path, Cursor], tier: protocol.Tier
) -> Sequence[Source]:
    """A reader for each tool that has a home."""
    claude, codex = ([home.path for home in homes if home.tool == tool] for tool in ("claude-code", "codex"))
    sources: list[Source] = []
    if claude:
        sources.append(ClaudeCode(claude, cursors, tier))
    if codex:
        sources.append(Codex(codex, cursors, tier))
    return sources


def _folders(homes: Sequence[Home], tool: str) -> list[Path]:
    # Two names of one folder would be read as two homes with the same sessions.
    return list({home.path.resolve(): home.path for home in homes if home.tool == tool}.values())


def open_spool(config: Config) -> Spool:
    """The spool of the dashboard, emptied if it was filled at another tier."""
    limits = config.limits
    connection = tables.open_file(machine.spool_path(config))
    spool = Spool(connection, max_bytes=limits.spool_bytes, max_age=limits.spool_age)
    spool.use_tier(config.tier)
    return spool


def memory_spool() -> Spool:
    """A spool that knows nothing and leaves nothing behind; what is too much for the memory is on disk."""
    return Spool(tables.open_unnamed())


def collector(
    homes: Sequence[Home],
    tier: protocol.Tier,
    spool: Spool,
    limits: Limits,
    witness: ProcessWitness | None = None,
) -> Collector:
    """Follows the sessions of these homes into this spool."""
    return Collector(
        lambda cursors: open_sources(homes, cursors, tier),
        spool,
        witness or ProcessWitness(homes),
        Redaction(tier),
        hostname=machine.hostname(),
        header_bytes=limits.header_bytes,
    )


async def open_transport(
    config: Config, dashboard: "Dashboard", welcome: protocol.Welcome, hear: "Hear | None" = None
) -> Transport | Failure:
    """The way to the server that the configuration names; a broker's connection brings commands, too."""
    from llm_session_manager.transports.http import HttpTransport, tls_context  # noqa: PLC0415

    if config.broker_url is None:
        return HttpTransport(dashboard, welcome.agent_id)
    # The broker's driver is loaded only where a broker is used.
    from llm_session_manager.transports.amqp import connect  # noqa: PLC0415

    context = tls_context(config) if config.broker_url.startswith("amqps") else None
    return await connect(config.broker_url, welcome, config.token, config.limits, context, hear)


def open_dashboard(config: Config) -> "Dashboard":
    """The door that the dashboard has for agents. Raises ConfigError."""
    # What speaks HTTP is loaded only where something is sent.
    from llm_session_manager.transports.http import Dashboard  # noqa: PLC0415

    return Dashboard(config)


@dataclass(frozen=True, slots=True)
class Agent:
    """The parts of an agent that runs on: `run` lets them work until told to stop."""

    loop: Loop
    sender: Sender
    desk: Desk
    polling: Polling

    async def run(self, stop: asyncio.Event) -> None:
        """Raises SpoolBrokenError when the spool is damaged meanwhile."""
        await self.loop.run(self.sender, stop, self.desk.run(), self.polling.run())


def agent(config: Config, spool: Spool, dashboard: "Dashboard", failpoint: Failpoint = no_failpoint) -> Agent:
    """Reports what happens on this machine to the dashboard, and does what may be asked of it."""
    witness = ProcessWitness(config.homes)
    loop = Loop(config, collector(config.homes, config.tier, spool, config.limits, witness))
    sessions = Sessions(loop)
    effects: Mapping[protocol.CommandKind, Effect] = {
        "refresh": Refreshing(sessions, spool.is_waiting, config.limits),
        "export": Exporting(sessions, config.tier),
        "close": Closing(sessions, witness, config.limits),
    }
    desk = Desk(spool.commands, dashboard, effects, config.policy, config.limits, failpoint)
    # A broker's queue brings commands by itself; what came before it was there is asked for once.
    wait = 0.0 if config.broker_url else config.limits.command_wait
    polling = Polling(dashboard, desk.hear, config.limits, wait=wait)

    async def open_(welcome: protocol.Welcome) -> Transport | Failure:
        await desk.introduce(welcome)
        polling.introduce(welcome)
        return await open_transport(config, dashboard, welcome, desk.hear)

    return Agent(loop, _sender(config, spool, dashboard, open_, loop), desk, polling)


def sender(config: Config, spool: Spool, dashboard: "Dashboard", loop: Loop) -> Sender:
    """Sends this spool to the server, introduced as this machine; takes no commands."""
    return _sender(config, spool, dashboard, partial(open_transport, config, dashboard), loop)


def _sender(config: Config, spool: Spool, dashboard: "Dashboard", open_: OpenTransport, loop: Loop) -> Sender:
    hello = machine.hello(config.state_dir, config.policy)
    return Sender(config, spool, hello, dashboard, open_, loop.reread)
