"""The command line: `agent`, `sessions`, `doctor`."""

import argparse
import io
import logging
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from llm_session_manager.cli.arguments import parser
from llm_session_manager.cli.terminal import PlainFormatter, complain
from llm_session_manager.config import ConfigError
from llm_session_manager.machine import LockedError
from llm_session_manager.spool.faults import SpoolUnavailableError

OK, FAILED, USAGE = 0, 1, 2
COMMANDS = {
    "agent": "agent.run_agent",
    "sessions": "listing.run_sessions",
    "doctor": "examination.run_doctor",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code: 0 done, 1 not done, 2 a wrong setting."""
    chosen = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a character gets a question mark, not an exception.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "watchfiles", "aiormq", "aio_pika"):
        # What goes wrong in them is told by whoever called them, once.
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    try:
        return _run(chosen)
    except ConfigError as error:
        complain(str(error))
        return USAGE
    except (LockedError, SpoolUnavailableError, OSError) as error:
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _run(chosen: argparse.Namespace) -> int:
    # Each command loads what it needs itself: the others' libraries are memory for nothing.
    module, _, function = COMMANDS[chosen.command].rpartition(".")
    run: Callable[[argparse.Namespace], int] = getattr(import_module(f"{__name__}.{module}"), function)
    return run(chosen)
