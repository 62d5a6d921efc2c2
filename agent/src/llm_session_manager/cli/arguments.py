"""What may be typed."""

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import cast, get_args

from llm_session_manager import config as settings
from llm_session_manager import machine, protocol
from llm_session_manager.commands.policy import Policy, named_kinds
from llm_session_manager.config import Config, ConfigError, Limits


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    root = argparse.ArgumentParser(
        prog="llm-session-manager",
        description="Finds the AI coding sessions of this machine and reports their metrics to a dashboard.",
    )
    root.add_argument("--version", action="version", version=machine.agent_version())
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    agent = commands.add_parser("agent", help="report this machine's sessions to a dashboard, live")
    _add_dashboard(agent)
    _add_sources(agent)
    agent.add_argument("--interval", type=float, metavar="SECONDS", help="full scan every so often (60)")
    agent.add_argument("--once", action="store_true", help="scan all, send all, exit 0 when all was taken")
    agent.add_argument("--patience", type=float, metavar="SECONDS", help="how long --once tries in vain (60)")
    taken = agent.add_mutually_exclusive_group()
    taken.add_argument(
        "--allow-commands",
        metavar="KINDS",
        help="what the dashboard may ask of this machine: refresh,export,close (all three), or LSM_COMMANDS",
    )
    taken.add_argument("--no-commands", action="store_true", help="the same as LSM_COMMANDS=none")
    agent.add_argument(
        "--admin-commands",
        action="store_true",
        help="take them from admins of the team, too, for shared sessions (or LSM_ADMIN_COMMANDS=1)",
    )
    agent.add_argument(
        "--dry-run", action="store_true", help="print what would be sent, as JSON, and send nothing"
    )
    sessions = commands.add_parser("sessions", help="list the sessions found on this machine")
    sessions.add_argument("--json", action="store_true", help="print them as JSON")
    _add_sources(sessions)
    doctor = commands.add_parser(
        "doctor", help="check files, dashboard, clock and spool; exit 0 when all is well"
    )
    _add_dashboard(doctor)
    _add_sources(doctor)
    return root


def _add_dashboard(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dashboard-url", metavar="URL", help="the dashboard (or LSM_DASHBOARD_URL)")
    command.add_argument(
        "--token", metavar="T", help="the API token; others may see it in ps, prefer the next"
    )
    command.add_argument(
        "--token-file", metavar="F", help="a file that holds the API token (or LSM_TOKEN_FILE, LSM_TOKEN)"
    )
    command.add_argument(
        "--ca-file", metavar="F", help="also trust the authorities in this PEM file (or LSM_CA_FILE)"
    )
    command.add_argument(
        "--broker-url", metavar="URL", help="send reports to this RabbitMQ (amqps://…), or LSM_BROKER_URL"
    )


def _add_sources(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="TOOL=DIR",
        help=f"read only this home of a tool; may be repeated. Tools: {', '.join(settings.TOOLS)}",
    )
    command.add_argument(
        "--tier",
        choices=get_args(protocol.Tier),
        help="counts: numbers only; metadata (default): also paths, branches, tool-made titles; content: all",
    )


def tier(chosen: argparse.Namespace, env: Mapping[str, str] = os.environ) -> protocol.Tier:
    """The capture tier. Raises ConfigError."""
    name = chosen.tier or env.get("LSM_TIER") or "metadata"
    if name not in get_args(protocol.Tier):
        raise ConfigError(f"LSM_TIER is {name}; it may be {', '.join(get_args(protocol.Tier))}")
    return cast("protocol.Tier", name)


def policy(chosen: argparse.Namespace, env: Mapping[str, str] = os.environ) -> Policy:
    """What the dashboard may ask of this machine. Raises ConfigError."""
    given = getattr(chosen, "allow_commands", None)
    text = "none" if getattr(chosen, "no_commands", False) else given or env.get("LSM_COMMANDS")
    said = getattr(chosen, "admin_commands", False) or env.get("LSM_ADMIN_COMMANDS") == "1"
    try:
        kinds = Policy().kinds if text is None else tuple(named_kinds(text))
    except ValueError as error:
        raise ConfigError(f"--allow-commands or LSM_COMMANDS: {error}") from None
    return Policy(kinds, said)


def read_config(chosen: argparse.Namespace, env: Mapping[str, str] = os.environ) -> Config:
    """The settings of an agent, from the command line first and then the environment. Raises ConfigError."""
    url = chosen.dashboard_url or env.get("LSM_DASHBOARD_URL")
    if not url:
        raise ConfigError("no dashboard: give --dashboard-url or LSM_DASHBOARD_URL")
    broker = chosen.broker_url or env.get("LSM_BROKER_URL")
    ca_file = chosen.ca_file or env.get("LSM_CA_FILE")
    if ca_file and not Path(ca_file).expanduser().is_file():
        raise ConfigError(f"the CA file {ca_file} does not exist")
    patience = _seconds(getattr(chosen, "patience", None), env, "LSM_PATIENCE", Limits().once_patience)
    return Config(
        dashboard_url=settings.dashboard_url(url),
        token=settings.read_token(chosen.token, chosen.token_file, env),
        homes=settings.named_homes(chosen.source, env),
        state_dir=settings.state_dir(env),
        broker_url=settings.broker_url(broker) if broker else None,
        tier=tier(chosen, env),
        interval=_seconds(getattr(chosen, "interval", None), env, "LSM_INTERVAL", 60.0),
        ca_file=Path(ca_file).expanduser() if ca_file else None,
        policy=policy(chosen, env),
        limits=Limits(once_patience=patience),
    )


def _seconds(given: float | None, env: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = given if given is not None else float(env.get(name) or default)
    except ValueError:
        raise ConfigError(f"{name} is {env[name]!r}; it must be a number of seconds") from None
    if not 1 <= value <= 86_400:
        raise ConfigError(f"{value} seconds is not between 1 and 86400")
    return value
