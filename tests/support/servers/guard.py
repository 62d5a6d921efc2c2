"""Ends what a test run started, however the test run itself ended.

Runs as a process of its own, fed through a pipe by `process.py`: one line names a process group or a folder.
When the pipe closes (the run finished, crashed or was killed) every group still named is killed and every
folder deleted. A pipe is used, not PR_SET_PDEATHSIG: that signal follows the starting thread, and the setting
is lost where a server changes its user.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable


def watch(lines: Iterable[str]) -> None:
    groups: set[int] = set()
    folders: list[str] = []
    for line in lines:
        verb, _, value = line.rstrip("\n").partition(" ")
        if verb == "group":
            groups.add(int(value))
        elif verb == "forget":
            groups.discard(int(value))
        else:
            folders.append(value)
    end(groups, folders)


def end(groups: set[int], folders: list[str]) -> None:
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for folder in folders:
        delete(folder)


def delete(folder: str) -> None:
    # A server's children may write for a moment after it was killed.
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):  # noqa: PTH110 - pathlib would double the start-up time of this script
            return
        time.sleep(0.1)


if __name__ == "__main__":
    watch(sys.stdin)
