"""Finds the server programs of this machine."""

import glob
import shutil


class ProgramMissingError(Exception):
    """A program that a test needs is not on this machine; its text says how to get it."""


def find(name: str, *folders: str) -> str:
    """Return the path of a program, looked up in PATH, in the system folders and in `folders` (patterns).

    Of several versions in `folders` the last by name wins. Raises ProgramMissingError.
    """
    extra = sorted((found for pattern in folders for found in glob.glob(pattern)), reverse=True)  # noqa: PTH207 - absolute patterns
    for path in (*extra, None, "/usr/sbin", "/sbin", "/usr/local/sbin"):
        if program := shutil.which(name, path=path):
            return program
    raise ProgramMissingError(f"{name} is not installed: run `make servers`")
