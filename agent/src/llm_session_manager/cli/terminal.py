"""Text that is safe to show: what a file or a server says never moves a cursor."""

import logging
import re
import sys

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAK = re.compile(r"[\t\n]+")


def plain(text: str) -> str:
    """The text without control characters and with its line breaks as blanks."""
    return _CONTROL.sub("", _BREAK.sub(" ", text))


def say(text: str = "") -> None:
    """One line to standard output."""
    sys.stdout.write(plain(text) + "\n")


def complain(text: str) -> None:
    """One line to standard error."""
    sys.stderr.write(f"llm-session-manager: {plain(text)}\n")


class PlainFormatter(logging.Formatter):
    """Time, level, text; without control characters."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return plain(super().format(record))
