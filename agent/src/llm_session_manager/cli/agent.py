"""`agent`: report this machine's sessions."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys

from llm_session_manager import composition, machine
from llm_session_manager.cli.arguments import policy, read_config, tier
from llm_session_manager.cli.terminal import complain
from llm_session_manager.config import Config, Limits, named_homes, state_dir
from llm_session_manager.loop import Loop
from llm_session_manager.spool.faults import SpoolBrokenError
from llm_session_manager.spool.store import Spool
from llm_session_manager.spool.tables import set_aside

log = logging.getLogger(__name__)


def run_agent(chosen: argparse.Namespace) -> int:
    """Report until told to stop, or once; gives the exit code."""
    if chosen.dry_run:
        return _dry_run(chosen)
    config = read_config(chosen)
    if chosen.token:
        log.warning(
            "Everybody on this machine can see --token in the list of processes; prefer --token-file."
        )
    with machine.only_agent(config.state_dir):
        log.info("Watching %s.", _watched(config))
        while True:
            spool = composition.open_spool(config)
            try:
                return asyncio.run(_once(config, spool) if chosen.once else _run(config, spool))
            except SpoolBrokenError as error:
                spool.close()
                set_aside(machine.spool_path(config), str(error))
            finally:
                spool.close()


def _watched(config: Config) -> str:
    homes = ", ".join(f"{home.tool} in {home.path}" for home in config.homes if home.path.is_dir())
    how = config.broker_url or config.dashboard_url
    return f"{homes or 'nothing yet (no tool found)'}; tier {config.tier}; to {how}"


async def _run(config: Config, spool: Spool) -> int:
    stop = asyncio.Event()
    _on_signals(stop)
    async with composition.open_dashboard(config) as dashboard:
        await composition.agent(config, spool, dashboard).run(stop)
    log.info("Stopped; %d entries wait for the next start.", spool.waiting())
    return 0


async def _once(config: Config, spool: Spool) -> int:
    async with composition.open_dashboard(config) as dashboard:
        collector = composition.collector(config.homes, config.tier, spool, config.limits)
        loop = Loop(config, collector)
        sender = composition.sender(config, spool, dashboard, loop)
        await loop.scan()
        for problem in collector.problems():
            log.warning("%s: %s", problem.path, problem.reason)
        failure = await sender.drain()
    if failure is not None:
        complain(f"not everything was sent: {failure.reason}; {spool.waiting()} entries wait in the spool")
        return 1
    log.info("Sent %d reports, %d refused.", sender.sent.confirmed, sender.sent.rejected)
    return 0


def _dry_run(chosen: argparse.Namespace) -> int:
    homes = named_homes(chosen.source, os.environ)
    at_tier = tier(chosen)
    spool = composition.memory_spool()
    collector = composition.collector(homes, at_tier, spool, Limits())
    collector.refresh()
    for problem in collector.problems():
        log.warning("%s: %s", problem.path, problem.reason)
    _print(machine.hello(state_dir(os.environ), policy(chosen)).model_dump_json().encode())
    while reports := spool.outgoing(at_tier):
        for report in reports:
            _print(report.body)
        spool.settle(confirmed=reports)
    spool.close()
    return 0


def _print(body: bytes) -> None:
    sys.stdout.write(body.decode() + "\n")


def _on_signals(stop: asyncio.Event) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        # Windows has no such handlers; there Ctrl-C raises KeyboardInterrupt instead.
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
