"""`doctor`: print what is found where, and whether it can be sent."""

import argparse
import asyncio
import os
from collections.abc import Iterator, Mapping

from llm_session_manager import composition
from llm_session_manager.cli.arguments import read_config, tier
from llm_session_manager.cli.terminal import say
from llm_session_manager.config import ConfigError, Limits, named_homes, state_dir
from llm_session_manager.doctor import findings
from llm_session_manager.doctor.findings import Finding, Grade

MARKS: Mapping[Grade, str] = {"ok": "✓", "note": "·", "bad": "✗"}


def run_doctor(chosen: argparse.Namespace) -> int:
    """Examine everything and print it; gives 0 when nothing is bad, else 1."""
    bad = 0
    for finding in _examine(chosen):
        bad += finding.grade == "bad"
        say(f"{MARKS[finding.grade]} {finding.text}")
    say(f"{bad} problem{'' if bad == 1 else 's'}." if bad else "All is well.")
    return 1 if bad else 0


def _examine(chosen: argparse.Namespace) -> Iterator[Finding]:
    homes = named_homes(chosen.source, os.environ)
    spool = composition.memory_spool()
    yield from findings.files(homes, composition.collector(homes, tier(chosen), spool, Limits()))
    spool.close()
    yield findings.running(state_dir(os.environ))
    try:
        config = read_config(chosen)
    except ConfigError as error:
        yield Finding("bad", str(error))
        return
    yield from asyncio.run(findings.dashboard(config, composition.open_transport))
    yield from findings.spool(config)
