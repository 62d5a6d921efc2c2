"""The agent with its failpoints made to fail: `python -m tests.faults.failing_agent agent …`.

It ends without a word, as after `kill -9`, where FAIL_AT says.
"""

import asyncio
import logging
import os
import signal
import sys

from llm_session_manager import composition
from llm_session_manager.cli.arguments import parser, read_config


async def fail(name: str) -> None:
    if name == os.environ.get("FAIL_AT", "command.before_effect"):
        os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    logging.basicConfig(level=logging.INFO)
    config = read_config(parser().parse_args(sys.argv[1:]))
    spool = composition.open_spool(config)
    async with composition.open_dashboard(config) as dashboard:
        await composition.agent(config, spool, dashboard, fail).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main())
