"""`make stack`: the distributed shape on this machine, until Ctrl-C."""

import signal
import sys
import threading
from collections.abc import Sequence

from tests.support.servers.programs import ProgramMissingError
from tests.support.shapes.distributed import Distributed


def main(arguments: Sequence[str]) -> int:
    """Start, print where everything is, wait for Ctrl-C or SIGTERM, end all. `--check` ends at once."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        stack = Distributed()
    except ProgramMissingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("Starting; this takes up to half a minute.\n")
    sys.stdout.flush()
    with stack:
        sys.stdout.write(describe(stack))
        sys.stdout.flush()
        if "--check" not in arguments:
            stopped.wait()
    sys.stdout.write("Everything has ended; its data is gone.\n")
    return 0


def describe(stack: Distributed) -> str:
    lines = [
        f"  dashboard    {stack.url}",
        f"  agents       {stack.url} or {stack.broker_url}",
        f"  management   {stack.rabbitmq.management_url}",
        f"  database     {stack.database_url}",
        f"  fan-out      {stack.redis.url}",
    ]
    lines += [f"  {name:<12} pid {server.pid}, log {server.log_path}" for name, server in stack.parts.items()]
    return "\n".join(["Running, until Ctrl-C:", *lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
